import type { DeadLetter } from '@quaymaster/messages';
import type { MessageHeader } from './message-bus';

/** A delivery that a bus gives up. */
export interface FailedDelivery {
  readonly topic: string;
  readonly group: string;
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly header: MessageHeader;
  readonly attempts: number;
  readonly firstAttemptAtMs: number;
}

/** The letter that tells of a delivery that could not be handled: its original bytes, and why. The same from every bus. */
export function deadLetterOf(failed: FailedDelivery, error: unknown, nowMs: number): DeadLetter {
  const { topic, group, key, bytes, header, attempts, firstAttemptAtMs } = failed;
  return {
    sourceTopic: topic, group, key, bodyBase64: Buffer.from(bytes).toString('base64'),
    headers: { messageId: header.messageId, source: header.source, publishedAtMs: String(header.publishedAtMs), traceparent: header.traceparent },
    errorCode: error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'QM_HANDLER_FAILED',
    error: error instanceof Error ? error.message : String(error), attempts, firstAttemptAtMs, lastAttemptAtMs: nowMs,
  };
}
