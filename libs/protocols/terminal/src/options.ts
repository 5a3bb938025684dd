/** What a terminal is built from. Whole numbers. */
export interface TerminalOptions {
  /** Ship-to-shore cranes, each with one transfer point on the apron. */
  readonly cranes: number;
  /** Container blocks, each with a truck lane of its own. */
  readonly yardBlocks: number;
  /** Parallel lanes of the quay apron. */
  readonly lanes: number;
  /** Parking and charging slots, at least. */
  readonly slots: number;
  /** Chooses what differs between sites of the same size. */
  readonly seed: number;
}

/** A terminal with one berth, some 500 m by 300 m. */
export const terminalDefaults: TerminalOptions = { cranes: 4, yardBlocks: 6, lanes: 2, slots: 60, seed: 1 };

/** Least and greatest value of every option, both included. */
export const terminalLimits: Readonly<Record<keyof TerminalOptions, { readonly min: number; readonly max: number }>> = {
  cranes: { min: 1, max: 40 },
  yardBlocks: { min: 1, max: 96 },
  lanes: { min: 1, max: 4 },
  slots: { min: 8, max: 2000 },
  seed: { min: 0, max: 4_294_967_295 },
};

/** @throws RangeError that names the first option which is no whole number within `terminalLimits`, with the limit it breaks */
export function checkTerminalOptions(options: TerminalOptions): void {
  for (const name of Object.keys(terminalLimits) as (keyof TerminalOptions)[]) {
    const value = options[name];
    const { min, max } = terminalLimits[name];
    if (!Number.isInteger(value)) throw new RangeError(`${name} must be a whole number from ${min} to ${max}, got ${value}`);
    if (value < min) throw new RangeError(`${name} must be at least ${min}, got ${value}`);
    if (value > max) throw new RangeError(`${name} must be at most ${max}, got ${value}`);
  }
}
