import { UsageError } from '../usage-error';

/** A file that is no history: bad input, exit status 2. */
export class HistoryUnreadableError extends UsageError {
  /** @param line 1 for the first, 0 when the file itself cannot be read */
  constructor(readonly file: string, readonly line: number, because: string) {
    super(`${file}${line === 0 ? '' : ` line ${line}`}: ${because}`);
    this.name = 'HistoryUnreadableError';
  }
}
