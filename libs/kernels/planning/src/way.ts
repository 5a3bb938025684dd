import { durationS, type DriveProfile, fastestDrive, passingS, type SpeedEnvelope, speedEnvelope } from './drive-profile';
import type { Candidate, PlanVehicle } from './model';
import { routeClaims, STANDING_TOLERANCE_M } from './route-claims';

/** Places to wait closer together than this do not help each other [m]. */
const WAIT_SPACING_M = 3;

/**
 * A drive from one place of a way to standstill at a later one, and what it does to blocks, in seconds since setting out. Rows are in the order of visits:
 * the first `heldRows` are held when it sets out.
 */
export interface Leg {
  readonly to: number;
  readonly profile: DriveProfile;
  readonly durationS: number;
  readonly heldRows: number;
  readonly visit: Int32Array;
  /** When it claims the block; 0 for those held already. */
  readonly claimS: Float64Array;
  /** When it is out of the block; Infinity when it is still in it at the end of the leg. */
  readonly leaveS: Float64Array;
}

/**
 * A candidate of one vehicle, prepared for the search in time. Place 0 is where the vehicle will be in any case (the end of its permission); the others are
 * where it may wait, where it must stop, and the end.
 */
export class Way {
  readonly placeSM: Float64Array;
  /** Time to stand at each place [s], 0 where it need not stop. */
  readonly dwellS: Float64Array;
  /** The next place after each at which the vehicle must stop. */
  readonly nextStop: Int32Array;
  /** Least time from standing at each place, dwell done, to the end [s]. */
  readonly remainingS: Float64Array;
  /** Least time from the start to the end [s]. */
  readonly freeFlowS: number;
  /** Visits not over at the start: block, claim, leave. Those held from the start come first. */
  readonly block: Int32Array;
  readonly claimSM: Float64Array;
  readonly leaveSM: Float64Array;
  /** Row of `RouteOccupancy`. */
  readonly row: Int32Array;
  /** The last place at or before the claim of each visit; -1 for those held from the start. */
  readonly placeBefore: Int32Array;
  /** Least time until each visit is claimed and over, and until each place is reached [s]. */
  readonly leastClaimS: Float64Array;
  readonly leastLeaveS: Float64Array;
  readonly leastPlaceS: Float64Array;
  /** The first so many visits are held from the start. */
  readonly heldFromStart: number;
  /** The vehicle rolls, or has permission ahead: it sets out at once. */
  readonly moves: boolean;
  readonly last: number;
  private readonly envelope: SpeedEnvelope;
  private readonly legs = new Map<number, Leg>();

  constructor(readonly vehicle: PlanVehicle, readonly owner: number, readonly index: number, readonly candidate: Candidate) {
    const { route, startSM, stops } = candidate;
    this.envelope = speedEnvelope(route.limitFromSM, route.limitMps, route.lengthM, vehicle);
    const committedSM = committedOf(vehicle, candidate);
    const claims = routeClaims(route, committedSM, stops.map((stop) => stop.sM));
    const visits = visitsOf(candidate, claims, committedSM, vehicle.standsOn);
    this.row = Int32Array.from(visits.rows);
    this.block = Int32Array.from(visits.blocks);
    this.claimSM = Float64Array.from(visits.claims);
    this.leaveSM = Float64Array.from(visits.leaves);
    this.heldFromStart = visits.held;
    const places = placesOf(candidate, claims.standSM, this.claimSM, committedSM);
    this.placeSM = places.sM;
    this.dwellS = places.dwellS;
    this.nextStop = places.nextStop;
    this.last = places.sM.length - 1;
    this.moves = committedSM - startSM > 1e-6;
    this.placeBefore = this.placesBefore();
    this.remainingS = this.leastRemainingS();
    this.leastClaimS = new Float64Array(this.block.length);
    this.leastLeaveS = new Float64Array(this.block.length).fill(Infinity);
    this.leastPlaceS = new Float64Array(this.last + 1);
    this.freeFlowS = this.driveFreely();
  }

  /** @param from a place, or -1 for the start while the vehicle rolls */
  leg(from: number, to: number): Leg {
    const key = (from + 1) * 65536 + to;
    let leg = this.legs.get(key);
    if (leg === undefined) this.legs.set(key, leg = this.makeLeg(from, to));
    return leg;
  }

  get startSM(): number {
    return this.candidate.startSM;
  }

  private profile(from: number, to: number): DriveProfile {
    const speedMps = from < 0 ? this.vehicle.speedMps : 0;
    return fastestDrive(this.envelope, this.vehicle, from < 0 ? this.startSM : this.placeSM[from]!, speedMps, this.placeSM[to]!);
  }

  private makeLeg(from: number, to: number): Leg {
    const profile = this.profile(from, to);
    const fromSM = from < 0 ? -Infinity : this.placeSM[from]!;
    const toSM = this.placeSM[to]!;
    const visit: number[] = [];
    const claimS: number[] = [];
    const leaveS: number[] = [];
    let heldRows = 0;
    for (let v = 0; v < this.block.length && this.claimSM[v]! < toSM; v += 1) {
      const leaveSM = this.leaveSM[v]!;
      const held = v < this.heldFromStart || this.claimSM[v]! < fromSM;
      if (held && leaveSM <= fromSM - STANDING_TOLERANCE_M) continue;
      visit.push(v);
      if (held) heldRows += 1;
      claimS.push(held ? 0 : passingS(profile, this.claimSM[v]!));
      leaveS.push(leaveSM > toSM - STANDING_TOLERANCE_M ? Infinity : passingS(profile, leaveSM));
    }
    return {
      to, profile, durationS: durationS(profile), heldRows, visit: Int32Array.from(visit), claimS: Float64Array.from(claimS), leaveS: Float64Array.from(leaveS),
    };
  }

  private leastRemainingS(): Float64Array {
    const least = new Float64Array(this.last + 1);
    for (let i = this.last - 1; i >= 0; i -= 1) {
      const next = this.nextStop[i]!;
      least[i] = durationS(this.profile(i, next)) + this.dwellS[next]! + least[next]!;
    }
    return least;
  }

  /** The drive that nobody holds up; notes its times. @returns when it arrives */
  private driveFreely(): number {
    let departS = 0;
    let at = -1;
    let fromSM = -Infinity;
    const drive = (to: number): void => {
      const profile = this.profile(at, to);
      const toSM = this.placeSM[to]!;
      for (let v = 0; v < this.block.length; v += 1) {
        if (this.claimSM[v]! >= fromSM && this.claimSM[v]! < toSM) this.leastClaimS[v] = departS + passingS(profile, this.claimSM[v]!);
        if (this.leastLeaveS[v] === Infinity && this.leaveSM[v]! <= toSM) this.leastLeaveS[v] = departS + passingS(profile, this.leaveSM[v]!);
      }
      for (let i = at + 1; i <= to; i += 1) this.leastPlaceS[i] = departS + passingS(profile, this.placeSM[i]!);
      departS += durationS(profile) + this.dwellS[to]!;
      at = to;
      fromSM = toSM;
    };
    drive(this.moves && this.dwellS[0] === 0 ? this.nextStop[0]! : 0);
    while (at < this.last) drive(this.nextStop[at]!);
    return departS;
  }

  private placesBefore(): Int32Array {
    const before = new Int32Array(this.block.length).fill(-1);
    let place = 0;
    for (let v = this.heldFromStart; v < this.block.length; v += 1) {
      while (place < this.last && this.placeSM[place + 1]! <= this.claimSM[v]!) place += 1;
      before[v] = place;
    }
    return before;
  }
}

/** How far it goes in any case: to the end of its permission, at least as far as it needs to brake, never past a stop that it still has to make. */
function committedOf(vehicle: PlanVehicle, candidate: Candidate): number {
  const { startSM, committedSM, route, stops } = candidate;
  const brakedSM = startSM + (vehicle.speedMps * vehicle.speedMps) / (2 * vehicle.brakingMps2);
  const firstStopSM = stops.length > 0 ? Math.max(stops[0]!.sM, startSM) : Infinity;
  const reachedSM = Math.max(committedSM, startSM, Math.min(brakedSM, Math.max(firstStopSM, committedSM)));
  return Math.max(startSM, Math.min(reachedSM, route.lengthM));
}

function visitsOf(
  candidate: Candidate, claims: { readonly claimSM: Float64Array; readonly leaveSM: Float64Array }, committedSM: number, standsOn: Int32Array,
): { readonly rows: number[]; readonly blocks: number[]; readonly claims: number[]; readonly leaves: number[]; readonly held: number } {
  const { route, startSM } = candidate;
  const stands = new Set(standsOn);
  const rows: number[] = [];
  const later: number[] = [];
  let lastLeft = -1;
  for (let v = 0; v < route.visits; v += 1) {
    if (claims.leaveSM[v]! <= startSM) continue;
    const held = claims.claimSM[v]! === -Infinity || (route.enterSM[v]! <= committedSM && stands.has(route.block[v]!));
    (held ? rows : later).push(v);
    if (held && (lastLeft < 0 || claims.leaveSM[v]! > claims.leaveSM[lastLeft]!)) lastLeft = v;
  }
  const blocks = rows.map((v) => route.block[v]!);
  const leaves = rows.map((v) => claims.leaveSM[v]!);
  // It stands on more than its route says (its trailers may not be in line): it has left that when it has left all the rest.
  for (const block of standsOn) {
    if (lastLeft < 0 || blocks.includes(block)) continue;
    rows.push(lastLeft);
    blocks.push(block);
    leaves.push(claims.leaveSM[lastLeft]!);
  }
  const held = rows.length;
  return {
    held, rows: [...rows, ...later], blocks: [...blocks, ...later.map((v) => route.block[v]!)], leaves: [...leaves, ...later.map((v) => claims.leaveSM[v]!)],
    claims: [...rows.map(() => -Infinity), ...later.map((v) => claims.claimSM[v]!)],
  };
}

/** The places before which a visit is claimed, of several close ones the first, with all stops and the end. */
function placesOf(
  candidate: Candidate, standSM: Float64Array, claimSM: Float64Array, committedSM: number,
): { readonly sM: Float64Array; readonly dwellS: Float64Array; readonly nextStop: Int32Array } {
  const { route, stops } = candidate;
  const dwellAt = new Map<number, number>();
  for (const { sM, dwellS } of stops) {
    const atSM = Math.min(Math.max(sM, committedSM), route.lengthM);
    dwellAt.set(atSM, (dwellAt.get(atSM) ?? 0) + dwellS);
  }
  const must = new Set([committedSM, route.lengthM, ...dwellAt.keys()].map((sM) => Math.min(sM, route.lengthM)));
  const useful = new Set(claimSM);
  const kept: number[] = [];
  for (const sM of standSM) if (must.has(sM) || (useful.has(sM) && sM - kept[kept.length - 1]! >= WAIT_SPACING_M)) kept.push(sM);
  const sM = Float64Array.from(kept);
  const dwellS = sM.map((at) => dwellAt.get(at) ?? 0);
  const nextStop = new Int32Array(sM.length);
  let next = sM.length - 1;
  for (let i = sM.length - 1; i >= 0; i -= 1) {
    nextStop[i] = next;
    if (dwellAt.has(sM[i]!)) next = i;
  }
  return { sM, dwellS, nextStop };
}
