import { InvalidMessageError, type DeadLetter } from '@quaymaster/messages';
import type { Parcel } from './key-lane';

/** The letter that tells of a record that could not be handled. */
export function letterOf(topic: string, group: string, { record, attempt, firstAttemptAtMs }: Parcel, error: unknown, nowMs: number): DeadLetter {
  const { key, value, header } = record;
  return {
    sourceTopic: topic, group, key, bodyBase64: Buffer.from(value ?? []).toString('base64'),
    headers: { messageId: header.messageId, source: header.source, publishedAtMs: String(header.publishedAtMs), traceparent: header.traceparent },
    errorCode: error instanceof InvalidMessageError || (error instanceof Error && 'code' in error && typeof error.code === 'string') ? String(error.code) : 'QM_HANDLER_FAILED',
    error: error instanceof Error ? error.message : String(error), attempts: attempt, firstAttemptAtMs, lastAttemptAtMs: nowMs,
  };
}
