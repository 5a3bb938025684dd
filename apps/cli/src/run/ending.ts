import type { TerminalIo } from '../terminal-io';

/** A drain that takes longer than this is cut short; what it has not stored was not acknowledged either [ms]. */
const DRAIN_LIMIT_MS = 9500;

/** The one request to end that a process gets, from outside or from within, and the limit of its drain. */
export class Ending {
  /** Exit status of the process once it has drained. */
  status = 0;
  private readonly controller = new AbortController();
  private readonly forget: () => void;
  private cut: NodeJS.Timeout | undefined;

  constructor(private readonly io: TerminalIo) {
    this.forget = io.onEnd(() => { this.begin(0); });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Also ends a process that has not started yet, and one that hangs. */
  begin(status: number): void {
    if (this.signal.aborted) return;
    this.status = status;
    this.cut = setTimeout(() => {
      this.io.note('quaymaster: the drain took too long and was cut short\n');
      process.exit(1);
    }, DRAIN_LIMIT_MS);
    this.controller.abort(new Error('asked to end'));
  }

  async requested(): Promise<void> {
    if (this.signal.aborted) return;
    await new Promise<void>((resolve) => { this.signal.addEventListener('abort', () => { resolve(); }, { once: true }); });
  }

  /** Everything is closed. */
  done(): void {
    this.forget();
    clearTimeout(this.cut);
  }
}
