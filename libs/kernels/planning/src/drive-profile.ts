import type { DrivingLimits } from '@quaymaster/motion';

/**
 * Fastest drive along a route under speed limits, acceleration and braking. Everything is kept as the square of the speed over arc length: there
 * constant acceleration is a straight line, so every profile is a chain of straight pieces and its times are exact, without steps.
 */

/** Slowest legal speed that is believed [m/s]: a limit of 0 in a map would mean that nobody ever gets through. */
const LEAST_LIMIT_MPS = 0.1;
const SAME = 1e-9;

/** Greatest square of the speed from which all limits ahead can be kept: piece i falls or stays from `fromU[i]` at `fromSM[i]` to `toU[i]` at the next piece. */
export interface SpeedEnvelope {
  readonly fromSM: Float64Array;
  readonly fromU: Float64Array;
  readonly toU: Float64Array;
}

/** @param limitFromSM, limitMps piecewise constant legal speed; none means that only the vehicle's own limit holds */
export function speedEnvelope(limitFromSM: ArrayLike<number>, limitMps: ArrayLike<number>, lengthM: number, driving: DrivingLimits): SpeedEnvelope {
  const fromSM: number[] = [];
  const fromU: number[] = [];
  const toU: number[] = [];
  const fall = 2 * driving.brakingMps2;
  const count = Math.max(1, limitFromSM.length);
  let nextU = Infinity;
  let endSM = Math.max(lengthM, 0) + 1;
  for (let i = count - 1; i >= 0; i -= 1) {
    const startSM = i === 0 ? Math.min(0, limitFromSM[0] ?? 0) : limitFromSM[i]!;
    if (startSM >= endSM) continue;
    const limit = Math.max(LEAST_LIMIT_MPS, Math.min(driving.maximumSpeedMps, limitMps[i] ?? Infinity));
    const limitU = limit * limit;
    const lastU = Math.min(limitU, nextU);
    const brakeFromSM = endSM - (limitU - lastU) / fall;
    if (brakeFromSM < endSM) {
      const pieceFromSM = Math.max(startSM, brakeFromSM);
      fromSM.push(pieceFromSM);
      fromU.push(lastU + fall * (endSM - pieceFromSM));
      toU.push(lastU);
    }
    if (brakeFromSM > startSM) {
      fromSM.push(startSM);
      fromU.push(limitU);
      toU.push(limitU);
    }
    nextU = fromU[fromU.length - 1]!;
    endSM = startSM;
  }
  return { fromSM: Float64Array.from(fromSM.reverse()), fromU: Float64Array.from(fromU.reverse()), toU: Float64Array.from(toU.reverse()) };
}

/** A drive from one place to standstill at another: knots with the square of the speed [m²/s²] linear between them. */
export interface DriveProfile {
  readonly sM: readonly number[];
  readonly u: readonly number[];
  /** Since setting out [s]. */
  readonly timeS: readonly number[];
}

/**
 * Fastest drive that stands at `toSM`. One who is too fast to stop there in service braking brakes harder, evenly.
 *
 * @param fromMps speed at `fromSM`, >= 0 [m/s]
 */
export function fastestDrive(envelope: SpeedEnvelope, driving: DrivingLimits, fromSM: number, fromMps: number, toSM: number): DriveProfile {
  const knotsSM = [fromSM];
  const knotsU = [fromMps * fromMps];
  const rise = 2 * driving.accelerationMps2;
  const fall = 2 * driving.brakingMps2;
  let sM = fromSM;
  let u = fromMps * fromMps;
  const to = (nextSM: number, nextU: number): void => {
    sM = nextSM;
    u = nextU;
    knotsSM.push(sM);
    knotsU.push(u);
  };
  let piece = 0;
  while (toSM - sM > SAME) {
    if (u >= fall * (toSM - sM) - SAME) {
      to(toSM, 0);
      break;
    }
    while (piece + 1 < envelope.fromSM.length && envelope.fromSM[piece + 1]! <= sM + SAME) piece += 1;
    const pieceSM = envelope.fromSM[piece]!;
    const pieceEndSM = piece + 1 < envelope.fromSM.length ? envelope.fromSM[piece + 1]! : Infinity;
    const falls = pieceEndSM === Infinity ? 0 : (envelope.fromU[piece]! - envelope.toU[piece]!) / (pieceEndSM - pieceSM);
    const allowedU = envelope.fromU[piece]! - falls * (sM - pieceSM);
    const slope = u > allowedU + 1e-6 ? -fall : u < allowedU - SAME ? rise : -falls;
    let step = Math.min(pieceEndSM, toSM) - sM;
    // Up to where it meets the envelope, or must brake for the end.
    if (Math.abs(slope + falls) > SAME) {
      const meets = (allowedU - u) / (slope + falls);
      if (meets > SAME) step = Math.min(step, meets);
    }
    if (slope + fall > SAME) step = Math.min(step, (fall * (toSM - sM) - u) / (slope + fall));
    if (step <= SAME) step = Math.min(SAME * 10, toSM - sM);
    to(sM + step, Math.max(0, u + slope * step));
  }
  if (knotsU.length > 1) knotsU[knotsU.length - 1] = 0;
  const timeS = [0];
  for (let i = 1; i < knotsSM.length; i += 1) timeS.push(timeS[i - 1]! + pieceTimeS(knotsSM[i]! - knotsSM[i - 1]!, knotsU[i - 1]!, knotsU[i]!));
  return { sM: knotsSM, u: knotsU, timeS };
}

function pieceTimeS(lengthM: number, fromU: number, toU: number): number {
  const speeds = Math.sqrt(fromU) + Math.sqrt(toU);
  // Both are 0 only on a stretch of rounding size.
  return speeds <= 0 ? 0 : (2 * lengthM) / speeds;
}

export function durationS(profile: DriveProfile): number {
  return profile.timeS[profile.timeS.length - 1]!;
}

/** Time at which the drive passes a place; 0 before its start, its duration after its end [s]. */
export function passingS(profile: DriveProfile, sM: number): number {
  const { sM: knots, u, timeS } = profile;
  const last = knots.length - 1;
  if (sM <= knots[0]!) return 0;
  if (sM >= knots[last]!) return timeS[last]!;
  let i = 0;
  while (knots[i + 1]! < sM) i += 1;
  const alongM = sM - knots[i]!;
  const uAt = u[i]! + ((u[i + 1]! - u[i]!) * alongM) / (knots[i + 1]! - knots[i]!);
  return timeS[i]! + pieceTimeS(alongM, u[i]!, uAt);
}

/**
 * Appends the drive as points in time: knots, and between them so many that straight lines leave it by less than 2 cm.
 *
 * @param departS instant of setting out
 */
export function appendTimed(profile: DriveProfile, departS: number, timeS: number[], sM: number[]): void {
  for (let i = 0; i + 1 < profile.sM.length; i += 1) {
    const fromS = profile.timeS[i]!;
    const lastsS = profile.timeS[i + 1]! - fromS;
    if (lastsS <= 0) continue;
    const fromMps = Math.sqrt(profile.u[i]!);
    const changeMps2 = (Math.sqrt(profile.u[i + 1]!) - fromMps) / lastsS;
    // A parabola leaves its chord by a dt^2 / 8.
    const steps = Math.max(1, Math.ceil(lastsS / Math.sqrt(0.16 / Math.max(1e-6, Math.abs(changeMps2)))));
    for (let k = 1; k <= steps; k += 1) {
      const afterS = (lastsS * k) / steps;
      timeS.push(departS + fromS + afterS);
      sM.push(k === steps ? profile.sM[i + 1]! : profile.sM[i]! + fromMps * afterS + 0.5 * changeMps2 * afterS * afterS);
    }
  }
}
