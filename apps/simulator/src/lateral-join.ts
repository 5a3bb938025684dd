/**
 * The way back onto a path from beside it: a cubic that starts with the vehicle's own offset and slope and ends on the path, tangent to it.
 */
export class LateralJoin {
  /**
   * @param offsetM to the left of the path where it starts
   * @param slope tangent of the angle between vehicle and path there
   * @param overM length on the path, positive
   */
  constructor(private readonly fromSM: number, private readonly startOffsetM: number, private readonly slope: number, private readonly overM: number) {}

  /** Offset to the left of the path at an arc length. */
  offsetM(sM: number): number {
    const u = Math.min(1, Math.max(0, (sM - this.fromSM) / this.overM));
    const rest = 1 - u;
    return this.startOffsetM * rest * rest * (1 + 2 * u) + this.overM * this.slope * u * rest * rest;
  }

  isDone(sM: number): boolean {
    return sM >= this.fromSM + this.overM;
  }
}
