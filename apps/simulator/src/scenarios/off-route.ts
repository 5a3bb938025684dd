import { OFF_ROUTE_M } from '../drive-train';
import { turn } from '../guide-path';
import { Foresight, isAtWork } from './foresight';
import { RoadAreas } from './road-areas';
import { Rollout } from './rollout';
import type { Actor, Scenario, ScenarioWorld, Trigger } from './scenario';

const MOVING_MPS = 3;
const LOOK_S = 12;
/** A stop may come as late as this [s]. */
const LATE_BRAKING_S = 5;
/** Straight for this far, turning by no more than this. */
const STRAIGHT_M = 45;
const STRAIGHT_RAD = 0.06;
const SAMPLE_M = 3;
/** On the permission that it has it gets at least this far beside its path [m]. */
const VISIBLE_M = 2;

/** A moving vehicle loses its lane on a straight road, where it is sure to hit nobody even if it is stopped late. */
export const offRoute: Scenario = {
  name: 'off-route',
  trigger(world: ScenarioWorld): Trigger | null {
    const areas = RoadAreas.of(world.map);
    const foresight = new Foresight(world.vehicles, LOOK_S);
    let best: { actor: Actor; clear: boolean } | null = null;
    for (const actor of world.vehicles) {
      if (best?.clear === true) break;
      if (!isAtWork(actor) || actor.train.speedMps < MOVING_MPS || !isOnStraightRoad(actor, areas)) continue;
      const beside = besideAhead(actor);
      const lane = areas.blocksAt(beside.lane.xM, beside.lane.yM);
      const there = areas.blocksAt(beside.xM, beside.yM);
      if (there.some((block) => lane.includes(block)) || !hitsNobody(actor, foresight)) continue;
      best ??= { actor, clear: false };
      // Beside the road rather than on another lane.
      if (there.length === 0) best = { actor, clear: true };
    }
    if (best === null) return null;
    const { vehicleId } = best.actor;
    return { kind: 'fault', vehicleId, fault: 'off-route', because: `${vehicleId} is on a straight road with nobody ${OFF_ROUTE_M} m to its left` };
  },
};

function isOnStraightRoad({ train }: Actor, areas: RoadAreas): boolean {
  const path = train.path!;
  if (train.sM + STRAIGHT_M > path.lengthM) return false;
  const own = path.pose(train.sM);
  for (let aheadM = 0; aheadM <= STRAIGHT_M; aheadM += SAMPLE_M) {
    const pose = path.pose(train.sM + aheadM);
    if (Math.abs(turn(own.headingRad, pose.headingRad)) > STRAIGHT_RAD || !areas.isOpenLane(pose.xM, pose.yM)) return false;
  }
  return true;
}

/** Where it would be beside its path, and the place on its path next to that. */
function besideAhead({ train }: Actor): { readonly xM: number; readonly yM: number; readonly lane: { readonly xM: number; readonly yM: number } } {
  const lane = train.path!.pose(train.sM + STRAIGHT_M / 2);
  return { xM: lane.xM - OFF_ROUTE_M * Math.sin(lane.headingRad), yM: lane.yM + OFF_ROUTE_M * Math.cos(lane.headingRad), lane };
}

function hitsNobody(actor: Actor, foresight: Foresight): boolean {
  const twin = actor.train.copy();
  twin.inject('off-route');
  const held = new Rollout(twin, LOOK_S);
  if (held.end.lateralOffsetM < VISIBLE_M) return false;
  const stopped = new Rollout(twin, LOOK_S, LATE_BRAKING_S);
  const free = twin.copy();
  free.releasedToSM = free.path!.lengthM;
  const freed = new Rollout(free, LOOK_S);
  return foresight.othersThan(actor).every((other) => [held, stopped, freed].every((own) => own.firstContact(foresight.held(other)) === null)
    && freed.firstContact(foresight.freed(other)) === null);
}
