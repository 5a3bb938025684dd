import { z } from 'zod';
import { instantMsSchema } from './primitives';
import { jsonTopic } from './topic';

/** A message that no handler could take: the original bytes, base64, and why. */
export const deadLetterSchema = z.object({
  sourceTopic: z.string(),
  group: z.string(),
  key: z.string(),
  bodyBase64: z.string(),
  headers: z.record(z.string(), z.string()),
  errorCode: z.string(),
  error: z.string(),
  attempts: z.number().int().positive(),
  firstAttemptAtMs: instantMsSchema,
  lastAttemptAtMs: instantMsSchema,
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;
export const deadLetters = jsonTopic<DeadLetter>('dead-letters', deadLetterSchema);
