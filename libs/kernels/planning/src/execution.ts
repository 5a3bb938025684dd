import type { BlockOrder, ExecutedVehicle, RouteOccupancy, TimedPath } from './model';
import { Retiming } from './retiming';
import { type RouteClaims, routeClaims } from './route-claims';

/** Time between one vehicle leaving a block and the next one entering it that timetables reckon with [s]. */
const HEADWAY_S = 2;
/** Permission may end this much short of what holds a vehicle up and it is still that which it waits for [m]. */
const WAITS_WITHIN_M = 1;

/** One vehicle's turn in a block. */
export interface Turn {
  readonly vehicle: string;
  readonly visit: number;
}

/** Turns of a vehicle, by visit; a visit may have turns in several blocks. */
export interface VisitTurn {
  readonly block: number;
  readonly place: number;
  readonly order: readonly Turn[];
}

export interface Executed {
  readonly vehicle: ExecutedVehicle;
  readonly route: RouteOccupancy;
  readonly claims: RouteClaims;
  readonly turns: ReadonlyMap<number, readonly VisitTurn[]>;
  /** Stops to come, rising. */
  stops: readonly { readonly sM: number; readonly dwellS: number }[];
  progressSM: number;
  grantedSM: number;
}

/**
 * Carries a plan out as the order of vehicles through every block, not as times (an action dependency graph). A vehicle may pass the last place to stand
 * before a block only when all that come before it there have left, by evidence of their position; from then on it owns the block until it has left itself.
 * So a late vehicle delays others but never meets them, and since the orders were read off a valid timetable, whoever is first in it can always go on:
 * no vehicles come to wait for each other in a circle.
 *
 * Source: Hönig et al., Multi-agent path finding with kinematic constraints (2016), section on execution; Zahradka et al., A holistic architecture for
 * monitoring and optimization of robust multi-agent path finding plan execution (2025).
 */
export class Execution {
  private readonly executed = new Map<string, Executed>();
  private readonly headOf = new Map<readonly Turn[], number>();

  /** @throws RangeError when an order names a visit that the vehicle's route does not have */
  constructor(vehicles: readonly ExecutedVehicle[], orders: readonly BlockOrder[]) {
    const turns = new Map<string, Map<number, VisitTurn[]>>(vehicles.map(({ id }) => [id, new Map()]));
    for (const { block, order } of orders) {
      order.forEach(({ vehicle, visit }, place) => {
        const own = turns.get(vehicle);
        if (own === undefined) return;
        const list = own.get(visit);
        if (list === undefined) own.set(visit, [{ block, place, order }]);
        else list.push({ block, place, order });
      });
    }
    for (const vehicle of vehicles) {
      const own = turns.get(vehicle.id)!;
      for (const visit of own.keys()) {
        if (!(visit >= 0 && visit < vehicle.route.visits)) throw new RangeError(`${vehicle.id} has ${vehicle.route.visits} visits; an order names number ${visit}`);
      }
      const grantedSM = Math.max(vehicle.startSM, vehicle.committedSM);
      const stops = [...vehicle.stops].sort((a, b) => a.sM - b.sM);
      this.executed.set(vehicle.id, {
        vehicle, route: vehicle.route, claims: routeClaims(vehicle.route, grantedSM, stops.map((stop) => stop.sM)), turns: own, stops,
        progressSM: vehicle.startSM, grantedSM,
      });
    }
  }

  /** Evidence that the vehicle's guided point has got to a place; reports of an earlier place change nothing. */
  progress(id: string, sM: number): void {
    const own = this.of(id);
    own.progressSM = Math.max(own.progressSM, sM);
  }

  /** The vehicle has stood long enough at a stop. */
  dwellDone(id: string, sM: number): void {
    const own = this.of(id);
    own.stops = own.stops.filter((stop) => stop.sM > sM + 1e-6);
  }

  /**
   * Farthest place to which the vehicle may be released now: the first place to stand at or beyond `upToSM`, or the last one before what holds it up. Never
   * less than what was granted before. The grant counts as given.
   */
  grant(id: string, upToSM: number): number {
    const own = this.of(id);
    const limitSM = this.limit(own).limitSM;
    const places = own.claims.standSM;
    let grantedSM = own.grantedSM;
    for (const sM of places) {
      if (sM > limitSM + 1e-9) break;
      grantedSM = Math.max(grantedSM, sM);
      if (sM >= upToSM) break;
    }
    own.grantedSM = grantedSM;
    return grantedSM;
  }

  /** The block before which the vehicle has to stop, with those that must leave it first; null when nothing but its stops and its end is ahead of it. */
  waitsFor(id: string): { readonly block: number; readonly vehicles: readonly string[] } | null {
    const own = this.of(id);
    const { limitSM, turn } = this.limit(own);
    if (turn === null || limitSM > own.grantedSM + WAITS_WITHIN_M) return null;
    const vehicles = new Set<string>();
    for (const earlier of turn.order.slice(0, turn.place)) if (earlier.vehicle !== id && !this.hasLeft(earlier)) vehicles.add(earlier.vehicle);
    return { block: turn.block, vehicles: [...vehicles] };
  }

  /**
   * Timetables that the present orders and progress lead to, in seconds from now, every vehicle setting out from rest. Infinity at the end where a vehicle
   * gets no further.
   */
  retime(): ReadonlyMap<string, TimedPath> {
    return new Retiming([...this.executed.values()], HEADWAY_S).run();
  }

  /** Where the vehicle has to stop at the latest as things are, and whose turn it must await there. */
  private limit(own: Executed): { readonly limitSM: number; readonly turn: VisitTurn | null } {
    const stopSM = own.stops[0]?.sM ?? Infinity;
    const { claimSM, leaveSM } = own.claims;
    for (let v = 0; v < own.route.visits; v += 1) {
      if (claimSM[v]! >= stopSM) break;
      if (leaveSM[v]! <= own.progressSM) continue;
      for (const turn of own.turns.get(v) ?? []) {
        if (!this.isItsTurn(own.vehicle.id, turn)) return { limitSM: claimSM[v]!, turn };
      }
    }
    return { limitSM: Math.max(stopSM, own.grantedSM), turn: null };
  }

  private isItsTurn(id: string, { order, place }: VisitTurn): boolean {
    let head = this.headOf.get(order) ?? 0;
    while (head < order.length && this.hasLeft(order[head]!)) head += 1;
    this.headOf.set(order, head);
    for (let i = head; i < place; i += 1) if (order[i]!.vehicle !== id && !this.hasLeft(order[i]!)) return false;
    return true;
  }

  private hasLeft({ vehicle, visit }: Turn): boolean {
    const other = this.executed.get(vehicle);
    return other !== undefined && other.claims.leaveSM[visit]! <= other.progressSM;
  }

  private of(id: string): Executed {
    const own = this.executed.get(id);
    if (own === undefined) throw new RangeError(`${id} is not among the ${this.executed.size} vehicles of this plan`);
    return own;
  }
}
