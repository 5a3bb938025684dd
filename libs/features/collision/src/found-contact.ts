/** A contact as it was found now. */
export interface FoundContact {
  readonly timeToContactS: number;
  readonly imminent: boolean;
  readonly xM: number;
  readonly yM: number;
  readonly observedAtMs: number;
}

/** Why the two are to be stopped. */
export function stopReason(a: string, b: string, { timeToContactS, xM, yM }: FoundContact): string {
  return `${a} and ${b} would touch in ${timeToContactS.toFixed(1)} s at (${xM.toFixed(1)}, ${yM.toFixed(1)})`.slice(0, 500);
}
