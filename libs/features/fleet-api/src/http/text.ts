import { vehicleIdSchema } from '@quaymaster/messages';
import { z } from 'zod';

/** Text without control characters and broken surrogates: safe in logs and in the store. */
const PLAIN = /^[^\p{Cc}\p{Cs}]*$/u;
const MESSAGE = 'must not hold control characters';

/** An id in an address or a body; the router takes parameters up to 100 characters. */
export const safeIdSchema = z.string().min(1).max(100).regex(PLAIN, MESSAGE);
/** Something for people to read. */
export const reasonSchema = z.string().min(1).max(500).regex(PLAIN, MESSAGE);
export const noteSchema = z.string().max(500).regex(PLAIN, MESSAGE);
/** An instant in a query [ms since the Unix epoch]. */
export const queryInstantSchema = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Parameters of the address that all routes of a kind have. */
export const vehicleParamsSchema = z.strictObject({ vehicleId: vehicleIdSchema });
