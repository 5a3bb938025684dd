import type { MessageHeader } from '@quaymaster/ports';
import type { IHeaders, KafkaMessage } from 'kafkajs';

/** A message as it lies in a partition. `value` null: the key was deleted (a tombstone). */
export interface BusRecord {
  readonly key: string;
  readonly value: Uint8Array | null;
  readonly header: MessageHeader;
  readonly partition: number;
  readonly offset: number;
}

/** Header fields become record headers of the same name; empty ones are left out. */
export function headersOf(header: MessageHeader): Record<string, string> {
  const headers: Record<string, string> = { messageId: header.messageId, publishedAtMs: String(header.publishedAtMs) };
  if (header.source !== '') headers['source'] = header.source;
  if (header.traceparent !== '') headers['traceparent'] = header.traceparent;
  return headers;
}

function text(headers: IHeaders | undefined, name: string): string | undefined {
  const value = headers?.[name];
  const one = Array.isArray(value) ? value[0] : value;
  return one === undefined ? undefined : one.toString();
}

/** A record of anybody: what its headers do not say is made of its place in the log and its timestamp. */
export function recordOf(topic: string, partition: number, message: KafkaMessage): BusRecord {
  const { headers, offset, timestamp } = message;
  const publishedAtMs = Number(text(headers, 'publishedAtMs') ?? NaN);
  return {
    key: message.key?.toString() ?? '', value: message.value, partition, offset: Number(offset),
    header: {
      messageId: text(headers, 'messageId') ?? `${topic}/${partition}/${offset}`, source: text(headers, 'source') ?? '',
      publishedAtMs: Number.isSafeInteger(publishedAtMs) ? publishedAtMs : Number(timestamp), traceparent: text(headers, 'traceparent') ?? '',
    },
  };
}
