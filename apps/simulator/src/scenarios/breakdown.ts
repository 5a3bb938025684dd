import type { GuidePath } from '../guide-path';
import { Foresight, isAtWork } from './foresight';
import { RoadAreas } from './road-areas';
import { Rollout } from './rollout';
import type { Actor, Scenario, ScenarioWorld, Trigger } from './scenario';

const MOVING_MPS = 2;
/** Long enough to brake from any speed, and for those behind to run out of permission [s]. */
const LOOK_S = 12;
/** A vehicle whose path leads over the place within this is affected [m]. */
const AFFECTED_M = 300;
const SAMPLE_M = 2;
const SAME_LANE_M = 2;

/** A moving vehicle dies on an open lane where others have to pass; best with one close behind. */
export const breakdown: Scenario = {
  name: 'breakdown',
  trigger(world: ScenarioWorld): Trigger | null {
    const foresight = new Foresight(world.vehicles, LOOK_S);
    let best: { actor: Actor; nearestM: number; affected: number } | null = null;
    for (const actor of world.vehicles) {
      if (!isAtWork(actor) || actor.train.speedMps < MOVING_MPS) continue;
      const stop = standsInTheOpen(actor, RoadAreas.of(world.map));
      if (stop === null) continue;
      const others = foresight.othersThan(actor);
      const awayM = others.flatMap((other) => distanceToPassM(other, stop.end.body.poses[0]!) ?? []);
      const nearestM = Math.min(...awayM);
      if (awayM.length === 0 || (best !== null && nearestM >= best.nearestM)) continue;
      if (others.some((other) => stop.firstContact(foresight.held(other)) !== null)) continue;
      best = { actor, nearestM, affected: awayM.length };
    }
    if (best === null) return null;
    return {
      kind: 'fault', vehicleId: best.actor.vehicleId, fault: 'breakdown',
      because: `${best.affected} vehicles have to pass where ${best.actor.vehicleId} would stand, the nearest in ${best.nearestM.toFixed(0)} m`,
    };
  },
};

/** How it comes to a stand, null unless every corner of it then stands on an open lane. */
function standsInTheOpen(actor: Actor, areas: RoadAreas): Rollout | null {
  const own = actor.train.body.poses[0]!;
  if (!areas.isOpenLane(own.xM, own.yM)) return null;
  const twin = actor.train.copy();
  twin.inject('breakdown');
  const stop = new Rollout(twin, LOOK_S);
  const rings = stop.ringsAt(stop.samples - 1);
  const open = rings.every((ring) => ring.every((_, i) => i % 2 !== 0 || !areas.isWherePathsMeet(ring[i]!, ring[i + 1]!)));
  const end = stop.end.body.poses[0]!;
  return open && areas.isOpenLane(end.xM, end.yM) ? stop : null;
}

/** How far a vehicle has to drive until its path leads over a place, undefined if it does not soon. */
function distanceToPassM({ train }: Actor, place: { readonly xM: number; readonly yM: number }): number | undefined {
  const path: GuidePath | null = train.path;
  if (path === null) return undefined;
  for (let sM = train.sM; sM <= Math.min(path.lengthM, train.sM + AFFECTED_M); sM += SAMPLE_M) {
    const pose = path.pose(sM);
    if (Math.hypot(pose.xM - place.xM, pose.yM - place.yM) < SAME_LANE_M) return sM - train.sM;
  }
  return undefined;
}
