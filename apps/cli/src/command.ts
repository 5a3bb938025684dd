import type { FlagTable, Flags } from './flags';
import type { TerminalIo } from './terminal-io';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One command of the command line. */
export interface Command {
  /** Words that select it, e.g. `map inspect`. */
  readonly words: string;
  readonly about: string;
  readonly operands: readonly string[];
  readonly flags: FlagTable;
  /** Exit status: 0 success, 1 the check found faults. Throws UsageError for the caller's mistakes. */
  run(flags: Flags, io: TerminalIo, env: Environment): Promise<number>;
}
