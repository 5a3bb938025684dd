import type { RequestResult } from '@quaymaster/messages';
import { ProblemError } from '@quaymaster/nest-platform';
import { z } from 'zod';

/** What became of a request to the scheduler so far. */
export const requestAnswerSchema = z.object({
  requestId: z.string(),
  /** `pending` until the scheduler has answered. */
  outcome: z.enum(['pending', 'done', 'refused']),
  /** Stable code of a refusal, else ''. */
  code: z.string(),
  /** What it made or changed, '' if nothing or not yet known. */
  resourceId: z.string(),
  message: z.string(),
});
export type RequestAnswer = z.infer<typeof requestAnswerSchema>;

export function pendingAnswer(requestId: string, message: string): RequestAnswer {
  return { requestId, outcome: 'pending', code: '', resourceId: '', message };
}

export function answerOf({ requestId, outcome, code, resourceId, message }: RequestResult): RequestAnswer {
  return { requestId, outcome, code, resourceId, message };
}

/** Refusals because what the address names is not there. */
const NOT_THERE: ReadonlySet<string> = new Set(['QM_MISSION_UNKNOWN', 'QM_INCIDENT_UNKNOWN', 'QM_HOLD_UNKNOWN', 'QM_VEHICLE_UNKNOWN']);

/** @throws ProblemError with the scheduler's code when it refused */
export function assertDone(result: RequestResult): void {
  if (result.outcome === 'done') return;
  const code = /^QM_[A-Z_]+$/.test(result.code) ? (result.code as `QM_${string}`) : 'QM_REQUEST_REFUSED';
  throw new ProblemError(NOT_THERE.has(code) ? 404 : 409, code, result.message);
}
