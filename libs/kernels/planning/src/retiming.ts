import type { DrivingLimits } from '@quaymaster/motion';
import { appendTimed, durationS, type DriveProfile, fastestDrive, passingS, type SpeedEnvelope, speedEnvelope } from './drive-profile';
import type { Executed, Turn } from './execution';
import type { TimedPath } from './model';

const USUAL_DRIVING: DrivingLimits = { maximumSpeedMps: Infinity, accelerationMps2: 0.7, brakingMps2: 1.5 };

/** A vehicle on its way through the retiming: it stands at `sM` from `timeS` on. */
interface Runner {
  readonly own: Executed;
  readonly driving: DrivingLimits;
  readonly envelope: SpeedEnvelope;
  readonly timeS: number[];
  readonly sM: number[];
  readonly leftS: Float64Array;
  stops: readonly { readonly sM: number; readonly dwellS: number }[];
  done: boolean;
}

/** What a vehicle has to wait for in a drive: where it would stand, and until when (NaN: not known yet). */
interface Obstruction {
  readonly atSM: number;
  readonly untilS: number;
}

/**
 * Longest paths through the dependency graph of an execution, with driving in place of constant durations: each vehicle drives from standstill until it comes
 * to a block that is not free in time, stands before it until it is, and goes on. A vehicle goes as far as the departures it depends on are known; when
 * that holds for none, the one that is furthest behind in time stops where it must await an unknown one, which makes its own departures known.
 */
export class Retiming {
  private readonly runners: readonly Runner[];
  private readonly byId: ReadonlyMap<string, Runner>;

  constructor(executed: readonly Executed[], private readonly headwayS: number) {
    this.runners = executed.map((own): Runner => {
      const driving = own.vehicle.driving ?? USUAL_DRIVING;
      const { route } = own;
      return {
        own, driving, envelope: speedEnvelope(route.limitFromSM, route.limitMps, route.lengthM, driving), timeS: [0], sM: [own.progressSM],
        leftS: own.claims.leaveSM.map((leaveSM) => (leaveSM <= own.progressSM ? -Infinity : NaN)), stops: own.stops, done: false,
      };
    });
    this.byId = new Map(this.runners.map((runner) => [runner.own.vehicle.id, runner]));
  }

  run(): ReadonlyMap<string, TimedPath> {
    for (;;) {
      const open = this.runners.filter((runner) => !runner.done).sort((a, b) => nowS(a) - nowS(b));
      if (open.length === 0) break;
      if (open.some((runner) => this.advance(runner, false)) || open.some((runner) => this.advance(runner, true))) continue;
      // None can go on: they wait for vehicles that never leave, or for each other.
      for (const runner of open) {
        runner.timeS.push(Infinity);
        runner.sM.push(atSM(runner));
        runner.done = true;
      }
    }
    return new Map(this.runners.map(({ own, timeS, sM }) => [own.vehicle.id, { timeS: Float64Array.from(timeS), sM: Float64Array.from(sM) }]));
  }

  /** One drive to the next standstill. @param short whether to stop before a block of which it is not known when it is free @returns false if it stays */
  private advance(runner: Runner, short: boolean): boolean {
    const { own } = runner;
    const fromSM = atSM(runner);
    const stop = runner.stops[0];
    const toSM = Math.max(fromSM, Math.min(stop?.sM ?? Infinity, own.route.lengthM));
    const blocked = toSM > fromSM ? this.firstObstruction(runner, fastestDrive(runner.envelope, runner.driving, fromSM, 0, toSM), fromSM, toSM) : null;
    if (blocked === null) {
      this.drive(runner, fromSM, toSM);
      if (stop === undefined) runner.done = true;
      else {
        runner.stops = runner.stops.slice(1);
        this.wait(runner, nowS(runner) + stop.dwellS);
      }
      return true;
    }
    if (Number.isNaN(blocked.untilS) && !short) return false;
    if (blocked.atSM <= fromSM) {
      if (Number.isNaN(blocked.untilS)) return false;
      this.wait(runner, blocked.untilS);
      return true;
    }
    // A place short of the block, never back: what is granted already it drives in any case.
    this.drive(runner, fromSM, blocked.atSM);
    if (!Number.isNaN(blocked.untilS)) this.wait(runner, blocked.untilS);
    return true;
  }

  /** The first block on a drive that is not free when the vehicle claims it. */
  private firstObstruction(runner: Runner, profile: DriveProfile, fromSM: number, toSM: number): Obstruction | null {
    const { own } = runner;
    const { claimSM, leaveSM, standSM } = own.claims;
    for (let v = 0; v < own.route.visits; v += 1) {
      if (claimSM[v]! >= toSM) break;
      if (leaveSM[v]! <= fromSM || (claimSM[v] === -Infinity && leaveSM[v]! <= standSM[0]!)) continue;
      const freeS = this.freeS(own.vehicle.id, own.turns.get(v) ?? []);
      const beginsSM = Math.max(claimSM[v]!, fromSM < standSM[0]! ? standSM[0]! : fromSM);
      // Owned when it began, or passed on an earlier drive: it was free then.
      if (claimSM[v]! < fromSM && claimSM[v]! !== -Infinity) continue;
      if (!(freeS <= nowS(runner) + passingS(profile, beginsSM) + 1e-6)) return { atSM: beginsSM, untilS: freeS };
    }
    return null;
  }

  /** When all that come before a vehicle in its turns have left; NaN when that is not known, or will never be. */
  private freeS(id: string, turns: readonly { readonly place: number; readonly order: readonly Turn[] }[]): number {
    let freeS = -Infinity;
    for (const { place, order } of turns) {
      for (let i = 0; i < place; i += 1) {
        const { vehicle, visit } = order[i]!;
        if (vehicle === id) continue;
        const leftS = this.byId.get(vehicle)?.leftS[visit] ?? NaN;
        if (Number.isNaN(leftS)) return NaN;
        freeS = Math.max(freeS, leftS + this.headwayS);
      }
    }
    return freeS;
  }

  private drive(runner: Runner, fromSM: number, toSM: number): void {
    const profile = fastestDrive(runner.envelope, runner.driving, fromSM, 0, toSM);
    const departS = nowS(runner);
    const { leaveSM } = runner.own.claims;
    for (let v = 0; v < leaveSM.length; v += 1) {
      if (leaveSM[v]! > fromSM && leaveSM[v]! <= toSM) runner.leftS[v] = departS + passingS(profile, leaveSM[v]!);
    }
    if (durationS(profile) > 0) appendTimed(profile, departS, runner.timeS, runner.sM);
  }

  private wait(runner: Runner, untilS: number): void {
    if (untilS <= nowS(runner)) return;
    runner.timeS.push(untilS);
    runner.sM.push(atSM(runner));
  }
}

function nowS(runner: Runner): number {
  return runner.timeS[runner.timeS.length - 1]!;
}

function atSM(runner: Runner): number {
  return runner.sM[runner.sM.length - 1]!;
}
