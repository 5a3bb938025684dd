/** Distance to standstill from a speed at a constant deceleration [m]. */
export function brakingDistanceM(speedMps: number, brakingMps2: number): number {
  return (speedMps * speedMps) / (2 * brakingMps2);
}

/** Limits along a path: `limitMps[i]` holds from `fromSM[i]` to the next entry. */
export interface SpeedLimits {
  readonly fromSM: ArrayLike<number>;
  readonly limitMps: ArrayLike<number>;
}

export interface DrivingLimits {
  readonly maximumSpeedMps: number;
  readonly accelerationMps2: number;
  readonly brakingMps2: number;
}

/**
 * Progress of a vehicle that drives as fast as it may and stops at a point: every `stepS` it accelerates towards the lowest of its own and the legal limit,
 * brakes in time for lower limits ahead and for the stop. Explicit steps; with steps of 0.1 s the stop is met within 0.05 m.
 *
 * @param stopSM where it stands at the latest; Infinity for nowhere [m]
 * @param out receives the arc length at 0, stepS, 2 stepS, … [m]
 * @returns speed at the end [m/s]
 */
export function rollOut(
  startSM: number, startMps: number, stopSM: number, limits: SpeedLimits, driving: DrivingLimits, stepS: number, out: Float64Array,
): number {
  let sM = startSM;
  let speedMps = Math.max(0, startMps);
  let index = 0;
  out[0] = sM;
  for (let k = 1; k < out.length; k += 1) {
    while (index + 1 < limits.fromSM.length && limits.fromSM[index + 1]! <= sM) index += 1;
    let targetMps = Math.min(driving.maximumSpeedMps, limits.limitMps[index]!);
    for (let next = index + 1; next < limits.fromSM.length; next += 1) {
      const aheadM = limits.fromSM[next]! - sM;
      if (aheadM > brakingDistanceM(speedMps, driving.brakingMps2) + speedMps * stepS) break;
      targetMps = Math.min(targetMps, reachableMps(limits.limitMps[next]!, aheadM, driving.brakingMps2, stepS));
    }
    targetMps = Math.min(targetMps, reachableMps(0, stopSM - sM, driving.brakingMps2, stepS));
    const nextMps = targetMps >= speedMps
      ? Math.min(targetMps, speedMps + driving.accelerationMps2 * stepS)
      : Math.max(targetMps, speedMps - driving.brakingMps2 * stepS * 1.05);
    sM = Math.min(sM + (speedMps + nextMps) * 0.5 * stepS, Math.max(stopSM, sM));
    speedMps = sM >= stopSM ? 0 : Math.max(0, nextMps);
    out[k] = sM;
  }
  return speedMps;
}

/** Speed from which a lower one is reached over a distance, one step from now. */
function reachableMps(endMps: number, distanceM: number, brakingMps2: number, stepS: number): number {
  if (distanceM <= 0) return endMps;
  const halfStep = brakingMps2 * stepS * 0.5;
  return Math.sqrt(halfStep * halfStep + 2 * brakingMps2 * distanceM + endMps * endMps) - halfStep;
}

/** Progress of a vehicle that brakes to standstill from now on. @param out as for `rollOut` */
export function rollOutBraking(startSM: number, startMps: number, brakingMps2: number, stepS: number, out: Float64Array): void {
  const stopS = startMps / brakingMps2;
  for (let k = 0; k < out.length; k += 1) {
    const timeS = Math.min(k * stepS, stopS);
    out[k] = startSM + startMps * timeS - 0.5 * brakingMps2 * timeS * timeS;
  }
}

/**
 * Progress of a vehicle that keeps its acceleration until it stands, or until its speed reaches the limit; a vehicle that moves backwards goes on backwards.
 *
 * @param out as for `rollOut`
 */
export function rollOutSteady(startSM: number, startMps: number, accelerationMps2: number, maximumSpeedMps: number, stepS: number, out: Float64Array): void {
  const direction = startMps < 0 ? -1 : 1;
  const speedMps = Math.abs(startMps);
  const gainMps2 = direction * accelerationMps2;
  const limitMps = gainMps2 < 0 ? 0 : Math.max(maximumSpeedMps, speedMps);
  const untilS = gainMps2 === 0 ? 0 : (limitMps - speedMps) / gainMps2;
  for (let k = 0; k < out.length; k += 1) {
    const timeS = k * stepS;
    const changingS = Math.min(timeS, untilS);
    const wayM = speedMps * changingS + 0.5 * gainMps2 * changingS * changingS + (gainMps2 === 0 ? speedMps : limitMps) * (timeS - changingS);
    out[k] = startSM + direction * wayM;
  }
}
