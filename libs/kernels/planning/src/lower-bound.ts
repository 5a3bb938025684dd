import { bottleneckAssignment } from './assignment';
import { passingS } from './drive-profile';
import type { FleetPlan } from './fleet-plan';
import { slotProblem } from './fleet-search';
import type { Way } from './way';

/** A time that no plan for the same vehicles can beat, and the argument that shows it. */
export interface LowerBound {
  readonly boundS: number;
  readonly source: string;
}

/**
 * The greater of two bounds on the makespan of the given vehicles. Both only leave constraints out, so neither can exceed the optimum:
 * - free-flow bottleneck: every vehicle alone on the site, but each slot used once;
 * - one machine: several vehicles must all pass one block, one after the other, each with its least time before, in and after it.
 */
export function makespanBound(plan: FleetPlan, vehicles: readonly number[]): LowerBound {
  const competing = vehicles.filter((vehicle) => plan.ways[vehicle]!.every((way) => way.candidate.slot >= 0));
  let boundS = bottleneckAssignment(slotProblem(plan, competing)).bottleneck;
  for (const vehicle of vehicles) boundS = Math.max(boundS, Math.min(...plan.ways[vehicle]!.map((way) => way.freeFlowS)));
  let source = 'free-flow bottleneck';
  for (const [block, jobs] of jobsByBlock(plan, vehicles)) {
    if (jobs.length < 2) continue;
    const machineS = oneMachineBoundS(jobs);
    if (machineS > boundS + 1e-9) {
      boundS = machineS;
      source = `one machine: block ${block}`;
    }
  }
  return { boundS, source };
}

/** A pass of one machine: not before the head, for the length, and the tail afterwards [s]. */
export interface MachineJob {
  readonly headS: number;
  readonly lengthS: number;
  readonly tailS: number;
}

/**
 * Least makespan of jobs that follow each other on one machine if they could be interrupted: always the available one with the longest tail runs.
 *
 * Source: Jackson's preemptive schedule; Carlier, The one-machine sequencing problem (1982).
 */
export function oneMachineBoundS(jobs: readonly MachineJob[]): number {
  const waiting = [...jobs].sort((a, b) => a.headS - b.headS);
  const ready: { leftS: number; readonly tailS: number }[] = [];
  let nowS = 0;
  let boundS = 0;
  let next = 0;
  while (next < waiting.length || ready.length > 0) {
    if (ready.length === 0) nowS = Math.max(nowS, waiting[next]!.headS);
    for (; next < waiting.length && waiting[next]!.headS <= nowS; next += 1) ready.push({ leftS: waiting[next]!.lengthS, tailS: waiting[next]!.tailS });
    let longest = 0;
    for (let i = 1; i < ready.length; i += 1) if (ready[i]!.tailS > ready[longest]!.tailS) longest = i;
    const job = ready[longest]!;
    const untilS = next < waiting.length ? Math.min(nowS + job.leftS, waiting[next]!.headS) : nowS + job.leftS;
    job.leftS -= untilS - nowS;
    nowS = untilS;
    if (job.leftS <= 1e-12) {
      boundS = Math.max(boundS, nowS + job.tailS);
      ready.splice(longest, 1);
    }
  }
  return boundS;
}

/** For each block, the vehicles that pass it whichever candidate they take. */
function jobsByBlock(plan: FleetPlan, vehicles: readonly number[]): Map<number, MachineJob[]> {
  const jobs = new Map<number, MachineJob[]>();
  const { headwayS } = plan.instance;
  for (const vehicle of vehicles) {
    let common: Map<number, MachineJob> | null = null;
    for (const way of plan.ways[vehicle]!) {
      const passes = passesOf(way, headwayS);
      if (common === null) {
        common = passes;
        continue;
      }
      for (const [block, job] of common) {
        const other = passes.get(block);
        if (other === undefined) common.delete(block);
        else {
          common.set(block, {
            headS: Math.min(job.headS, other.headS), lengthS: Math.min(job.lengthS, other.lengthS), tailS: Math.min(job.tailS, other.tailS),
          });
        }
      }
    }
    for (const [block, job] of common ?? []) {
      const list = jobs.get(block);
      if (list === undefined) jobs.set(block, [job]);
      else list.push(job);
    }
  }
  return jobs;
}

/**
 * First pass through every block that the way leaves again, driving as fast as possible: nothing is earlier, faster through, or sooner at the end. Of a block
 * held from the start only the time after the place that is reached in any case counts, because vehicles that share it then are together in it until there.
 */
function passesOf(way: Way, headwayS: number): Map<number, MachineJob> {
  const claimS = new Float64Array(way.block.length);
  const leaveS = new Float64Array(way.block.length).fill(Infinity);
  let departS = 0;
  let from = way.moves ? -1 : 0;
  if (way.moves && way.dwellS[0]! > 0) from = leave(0, from);
  while (from < way.last) {
    if (from >= 0) departS += way.dwellS[from]!;
    from = leave(way.nextStop[Math.max(from, 0)]!, from);
  }
  function leave(to: number, at: number): number {
    const leg = way.leg(at, to);
    if (at < 0) claimS.fill(passingS(leg.profile, way.placeSM[0]!), 0, way.heldFromStart);
    for (let k = 0; k < leg.visit.length; k += 1) {
      if (k >= leg.heldRows) claimS[leg.visit[k]!] = departS + leg.claimS[k]!;
      leaveS[leg.visit[k]!] = departS + leg.leaveS[k]!;
    }
    departS += leg.durationS;
    return to;
  }
  const passes = new Map<number, MachineJob>();
  for (let v = 0; v < way.block.length; v += 1) {
    const block = way.block[v]!;
    if (leaveS[v] === Infinity || passes.has(block)) continue;
    if (v < way.heldFromStart && way.leaveSM[v]! <= way.placeSM[0]!) continue;
    passes.set(block, { headS: claimS[v]!, lengthS: leaveS[v]! + headwayS - claimS[v]!, tailS: way.freeFlowS - leaveS[v]! - headwayS });
  }
  return passes;
}
