import { z } from 'zod';

/** VDA 5050's alphabet for serial numbers, also safe as one MQTT topic level. */
export const vehicleIdSchema = z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/);
export const idSchema = z.string().min(1).max(128);
/** Milliseconds since the Unix epoch. */
export const instantMsSchema = z.number().int().nonnegative();
export const metresSchema = z.number();
/** `[x0, y0, x1, y1, …]` in the site frame [m]. */
export const polygonSchema = z.array(metresSchema).min(6);
