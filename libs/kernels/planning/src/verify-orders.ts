import type { Plan, PlanGeometry, PlanningInstance, PlanVehicle, TimedPath, Verdict } from './model';
import type { Checked } from './verify';
import { idlePolygons, keepsDistance, sweptInAnyCase } from './verify-passing';

type Fault = Verdict['faults'][number];

/** Timetables are chains of straight lines, which leave the true drive by up to 2 cm: at walking pace that is so much time [s]. */
const TOLERANCE_S = 0.05;

/** One vehicle in one block, by its timetable. */
interface Stay {
  readonly entry: Checked;
  readonly visit: number;
  readonly block: number;
  readonly enterS: number;
  readonly leaveS: number;
  readonly fromStart: boolean;
  /** From when on it moves in the block of its own will. */
  readonly movesS: number;
}

/**
 * Blocks are held by one vehicle at a time, but for one that stands where it stood at the start and is passed at a distance; the orders say the same as the
 * times and lead nowhere in a circle.
 *
 * @param geometry null: where bodies are is not known, so nobody counts as passed at a distance
 */
export function orderFaults(
  instance: PlanningInstance, plan: Plan, checked: readonly Checked[], idle: readonly PlanVehicle[], geometry: PlanGeometry | null,
): Fault[] {
  const stays = new Map<string, Stay>();
  const byBlock = new Map<number, Stay[]>();
  for (const entry of checked) {
    for (const stay of staysOf(entry)) {
      stays.set(`${entry.planned.id}\n${stay.visit}`, stay);
      const list = byBlock.get(stay.block);
      if (list === undefined) byBlock.set(stay.block, [stay]);
      else list.push(stay);
    }
  }
  return [
    ...overlapFaults(instance, byBlock, geometry), ...idleFaults(byBlock, idle, geometry), ...listFaults(instance, plan, stays, byBlock),
    ...(hasCircle(plan, checked) ? [circleFault] : []),
  ];
}

const circleFault: Fault = { code: 'QM_PLAN_CIRCLE', vehicles: [], message: 'the orders of vehicles through blocks lead in a circle' };

function staysOf(entry: Checked): Stay[] {
  const { route, startSM, committedSM } = entry.candidate;
  const { timed } = entry.planned;
  const beyondSM = Math.max(startSM, committedSM);
  const stays: Stay[] = [];
  for (let visit = 0; visit < route.visits; visit += 1) {
    const enterSM = route.enterSM[visit]!;
    const exitSM = route.exitSM[visit]!;
    if (exitSM <= startSM) continue;
    const fromStart = enterSM < beyondSM || (enterSM <= beyondSM && entry.vehicle.standsOn.includes(route.block[visit]!));
    const enterS = fromStart ? 0 : instantBeyondS(timed, enterSM);
    if (enterS === Infinity) continue;
    stays.push({
      entry, visit, block: route.block[visit]!, enterS, leaveS: exitSM >= route.lengthM - 1e-6 ? Infinity : instantBeyondS(timed, exitSM - 1e-9), fromStart,
      movesS: fromStart ? instantBeyondS(timed, beyondSM) : enterS,
    });
  }
  return stays;
}

/** First instant at which the vehicle is beyond a place, Infinity when it never is [s]. */
function instantBeyondS({ timeS, sM }: TimedPath, placeSM: number): number {
  for (let i = 0; i < sM.length; i += 1) {
    if (sM[i]! <= placeSM) continue;
    if (i === 0) return timeS[0]!;
    return timeS[i - 1]! + ((timeS[i]! - timeS[i - 1]!) * (placeSM - sM[i - 1]!)) / (sM[i]! - sM[i - 1]!);
  }
  return Infinity;
}

function overlapFaults(instance: PlanningInstance, byBlock: ReadonlyMap<number, readonly Stay[]>, geometry: PlanGeometry | null): Fault[] {
  const faults: Fault[] = [];
  for (const [block, stays] of byBlock) {
    for (let i = 0; i < stays.length; i += 1) {
      for (let k = i + 1; k < stays.length; k += 1) {
        const a = stays[i]!;
        const b = stays[k]!;
        if (a.entry === b.entry || (a.entry.vehicle.fixed !== undefined && b.entry.vehicle.fixed !== undefined)) continue;
        const together = a.fromStart && b.fromStart;
        const [aFromS, bFromS] = together ? [a.movesS, b.movesS] : [a.enterS, b.enterS];
        if (follows(a.leaveS, bFromS, instance.headwayS) || follows(b.leaveS, aFromS, instance.headwayS)) continue;
        // Neither of two that share a block at the start moves in it, or what they do there lies within what they may do already.
        if (together && (aFromS === Infinity || bFromS === Infinity || leavesInAnyCase(a) || leavesInAnyCase(b))) continue;
        if (isPassing(a, b, instance.headwayS, geometry) || isPassing(b, a, instance.headwayS, geometry)) continue;
        const ids = [a.entry.planned.id, b.entry.planned.id];
        faults.push({ code: 'QM_PLAN_BLOCK_TWICE', vehicles: ids, message: `${ids.join(' and ')} are in block ${block} at the same time` });
      }
    }
  }
  return faults;
}

/** The other has not moved yet when the mover has left, and is never nearer to it than it must be. */
function isPassing(mover: Stay, other: Stay, headwayS: number, geometry: PlanGeometry | null): boolean {
  if (geometry === null || mover.fromStart || !other.fromStart || !follows(mover.leaveS, other.movesS, headwayS)) return false;
  return keepsDistance(mover.entry, mover.visit, sweptInAnyCase(other.entry.vehicle, other.entry.planned.candidate, geometry), geometry);
}

function leavesInAnyCase({ entry, visit }: Stay): boolean {
  return entry.candidate.route.exitSM[visit]! <= Math.max(entry.candidate.committedSM, entry.candidate.startSM);
}

function follows(leaveS: number, enterS: number, headwayS: number): boolean {
  return leaveS === Infinity ? enterS === Infinity : leaveS + headwayS <= enterS + TOLERANCE_S;
}

/** Nobody drives into a block on which a vehicle without a plan stands, unless past it at a distance. */
function idleFaults(byBlock: ReadonlyMap<number, readonly Stay[]>, idle: readonly PlanVehicle[], geometry: PlanGeometry | null): Fault[] {
  const faults: Fault[] = [];
  for (const vehicle of idle) {
    const polygons = geometry === null ? [] : idlePolygons(vehicle, geometry);
    for (const block of vehicle.standsOn) {
      for (const { entry, visit, fromStart } of byBlock.get(block) ?? []) {
        if (fromStart || entry.vehicle.fixed !== undefined) continue;
        if (geometry !== null && polygons.length > 0 && keepsDistance(entry, visit, polygons, geometry)) continue;
        faults.push({ code: 'QM_PLAN_BLOCK_TAKEN', vehicles: [entry.planned.id, vehicle.id], message: `${entry.planned.id} drives into block ${block} where ${vehicle.id} stands` });
      }
    }
  }
  return faults;
}

function listFaults(instance: PlanningInstance, plan: Plan, stays: ReadonlyMap<string, Stay>, byBlock: ReadonlyMap<number, readonly Stay[]>): Fault[] {
  const faults: Fault[] = [];
  const listed = new Set<string>();
  for (const { block, order } of plan.orders) {
    let before: Stay | undefined;
    const asked: Stay[] = [];
    for (const { vehicle, visit } of order) {
      const stay = stays.get(`${vehicle}\n${visit}`);
      if (stay === undefined) {
        faults.push({ code: 'QM_PLAN_ORDER', vehicles: [vehicle], message: `the order of block ${block} names visit ${visit} of ${vehicle}, which it does not make` });
        continue;
      }
      listed.add(`${block}\n${vehicle}\n${visit}`);
      const first = stay.fromStart ? asked.find(({ entry, leaveS }) => entry !== stay.entry && !follows(leaveS, stay.movesS, instance.headwayS)) : undefined;
      if (first !== undefined) {
        faults.push({
          code: 'QM_PLAN_ORDER', vehicles: [first.entry.planned.id, vehicle],
          message: `${vehicle} may drive into block ${block} already, but the order lets ${first.entry.planned.id} go first`,
        });
      }
      if (!stay.fromStart) asked.push(stay);
      const fromS = stay.fromStart ? stay.movesS : stay.enterS;
      const bothKept = before?.entry.vehicle.fixed !== undefined && stay.entry.vehicle.fixed !== undefined;
      if (before !== undefined && before.entry !== stay.entry && !bothKept && !leavesInAnyCase(stay) && !(before.leaveS <= fromS + TOLERANCE_S)) {
        faults.push({
          code: 'QM_PLAN_ORDER', vehicles: [before.entry.planned.id, vehicle],
          message: `${vehicle} is to follow ${before.entry.planned.id} through block ${block} but comes before that has left`,
        });
      }
      before = stay;
    }
  }
  for (const [block, list] of byBlock) {
    if (new Set(list.map(({ entry }) => entry)).size < 2) continue;
    for (const { entry, visit } of list) {
      if (listed.has(`${block}\n${entry.planned.id}\n${visit}`)) continue;
      faults.push({ code: 'QM_PLAN_ORDER', vehicles: [entry.planned.id], message: `the order of block ${block} leaves out ${entry.planned.id}` });
    }
  }
  return faults;
}

/**
 * Whether the orders can be followed to the end: claims and departures of all vehicles as one graph, along each vehicle by place, from each departure to the
 * claim of the next vehicle in the block. A vehicle claims a block at the last place to stand before it.
 */
function hasCircle(plan: Plan, checked: readonly Checked[]): boolean {
  const after: number[][] = [];
  const waitsFor: number[] = [];
  const event = (): number => {
    after.push([]);
    waitsFor.push(0);
    return after.length - 1;
  };
  const edge = (from: number, to: number): void => {
    after[from]!.push(to);
    waitsFor[to] = waitsFor[to]! + 1;
  };
  const claim = new Map<string, number>();
  const leave = new Map<string, number>();
  for (const { planned, candidate } of checked) {
    const events: { readonly node: number; readonly atSM: number; readonly isClaim: boolean }[] = [];
    const { route } = candidate;
    const ownSM = Math.max(candidate.startSM, candidate.committedSM);
    const places = [ownSM, ...route.waitSM, ...candidate.stops.map((stop) => stop.sM)].filter((sM) => sM >= ownSM).sort((a, b) => a - b);
    let place = 0;
    for (let visit = 0; visit < route.visits; visit += 1) {
      if (route.exitSM[visit]! <= candidate.startSM) continue;
      while (place + 1 < places.length && places[place + 1]! <= route.enterSM[visit]!) place += 1;
      const claimSM = places[place]!;
      const [claims, leaves] = [event(), event()];
      claim.set(`${planned.id}\n${visit}`, claims);
      leave.set(`${planned.id}\n${visit}`, leaves);
      events.push({ node: claims, atSM: claimSM, isClaim: true });
      events.push({ node: leaves, atSM: route.exitSM[visit]! >= route.lengthM - 1e-6 ? Infinity : route.exitSM[visit]!, isClaim: false });
    }
    events.sort((a, b) => a.atSM - b.atSM || Number(a.isClaim) - Number(b.isClaim));
    for (let i = 1; i < events.length; i += 1) edge(events[i - 1]!.node, events[i]!.node);
  }
  for (const { order } of plan.orders) {
    for (let i = 1; i < order.length; i += 1) {
      const before = order[i - 1]!;
      const next = order[i]!;
      const from = leave.get(`${before.vehicle}\n${before.visit}`);
      const to = claim.get(`${next.vehicle}\n${next.visit}`);
      if (from !== undefined && to !== undefined && before.vehicle !== next.vehicle) edge(from, to);
    }
  }
  const ready = waitsFor.flatMap((count, node) => (count === 0 ? [node] : []));
  let done = 0;
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    done += 1;
    for (const next of after[node]!) {
      waitsFor[next] = waitsFor[next]! - 1;
      if (waitsFor[next] === 0) ready.push(next);
    }
  }
  return done < after.length;
}
