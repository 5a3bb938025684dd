import { missionSchema } from '@quaymaster/messages';
import { z } from 'zod';

/** A mission with what only the scheduler needs to know of it. */
export const missionRecordSchema = z.object({
  mission: missionSchema,
  /** The load is on the vehicle: only the drop-off is left. */
  pickedUp: z.boolean(),
});
export type MissionRecord = z.infer<typeof missionRecordSchema>;
