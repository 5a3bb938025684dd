import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { HistoryPart, HistoryRecord, Unplaced } from './history-record';

/** One part of a history on its way into a file: a record a line, each with its place. */
export class HistoryFile {
  private n = 0;
  private failure: Error | null = null;

  private constructor(readonly path: string, private readonly part: HistoryPart, private readonly stream: WriteStream, private readonly nowMs: () => number) {
    stream.on('error', (error) => { this.failure = error; });
  }

  /** An empty file, whatever was there before. @throws when it cannot be opened */
  static async create(path: string, part: HistoryPart, nowMs: () => number): Promise<HistoryFile> {
    const stream = createWriteStream(path, { flags: 'w' });
    await new Promise<void>((resolve, reject) => { stream.once('open', () => { resolve(); }).once('error', reject); });
    return new HistoryFile(path, part, stream, nowMs);
  }

  /** Never waits. @throws the error that an earlier record could not be written for */
  append(record: Unplaced): void {
    if (this.failure !== null) throw this.failure;
    this.write(record);
    this.n += 1;
  }

  /** Writes the last record and what is still in memory. Rejects when a record could not be written. */
  async close(): Promise<void> {
    if (this.failure !== null) throw this.failure;
    this.write({ kind: 'end', at: this.nowMs(), part: this.part, records: this.n });
    this.stream.end();
    await finished(this.stream);
  }

  private write(record: Unplaced): void {
    const line: HistoryRecord = { ...record, n: this.n };
    this.stream.write(`${JSON.stringify(line)}\n`);
  }
}
