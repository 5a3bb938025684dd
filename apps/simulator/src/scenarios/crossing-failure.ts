import { Foresight, isAtWork } from './foresight';
import { RoadAreas } from './road-areas';
import { Rollout, SAMPLE_S, type RolloutContact } from './rollout';
import type { Actor, Scenario, ScenarioWorld, Trigger } from './scenario';

/** The contact comes no sooner and no later than this [s]. */
const SOONEST_S = 4;
const LATEST_S = 6.5;
/** A contact that need only be likely. */
const LATEST_LIKELY_S = 8.5;
/** After the contact the other may stand in the way of nobody; the rollouts look a little further. */
const LOOK_S = 9;
/** From the overrun to braking, and from the overrun to the contact: what a control plane needs at least [s]. */
const REACTION_S = 1.2;
const OVERRUN_TO_CONTACT_S = 2.5;
/** It runs through: one that sets out from rest is seen to overrun long before it is anywhere [m/s]. */
const LEAST_OVERRUN_MPS = 2.5;
/** The other is where it will be whatever permission it gets: both assumptions agree this closely [s]. */
const AGREEMENT_S = 0.4;
/** The contact must not hang on a moment: it also comes when one is this much earlier or later, in samples. */
const SLACK_SAMPLES = [-3, 3];
/** Off the other's path by this much at the beginning: they cross or merge, one does not run into the back of the other [m]. */
const BESIDE_M = 2;
const PATH_LEFT_M = 5;

/**
 * A vehicle that is about to ignore the end of its permission and would then hit another one where paths meet. It chooses only what is certain without a
 * stop, under whatever permissions are given meanwhile, and avoidable with one that comes 1.2 s after the overrun. Asked to take what is likely, it also
 * chooses a contact that comes later, or that permissions given meanwhile may prevent.
 */
export const crossingFailure: Scenario = {
  name: 'crossing-failure',
  trigger(world: ScenarioWorld, takesLikely = false): Trigger | null {
    const foresight = new Foresight(world.vehicles, LOOK_S);
    let best: { actor: Actor; other: Actor; contact: RolloutContact } | null = null;
    for (const actor of world.vehicles) {
      if (!mayOverrun(actor, takesLikely)) continue;
      const found = findContact(actor, foresight, RoadAreas.of(world.map), takesLikely);
      if (found !== null && (best === null || found.contact.inS < best.contact.inS)) best = { actor, ...found };
    }
    if (best === null) return null;
    const { actor, other, contact } = best;
    return {
      kind: 'fault', vehicleId: actor.vehicleId, fault: 'ignore-release', contact: { withVehicleId: other.vehicleId, ...contact },
      because: `${actor.vehicleId} has permission for ${(actor.train.releasedToSM - actor.train.sM).toFixed(1)} m and ${takesLikely ? 'might' : 'would'} hit ${other.vehicleId} in ${contact.inS.toFixed(1)} s`,
    };
  },
};

function mayOverrun(actor: Actor, takesLikely: boolean): boolean {
  const { train } = actor;
  return isAtWork(actor) && train.sM < train.releasedToSM && train.releasedToSM < train.path!.lengthM - PATH_LEFT_M
    && train.releasedToSM - train.sM < train.kind.maximumSpeedMps * latestS(takesLikely);
}

function latestS(takesLikely: boolean): number {
  return takesLikely ? LATEST_LIKELY_S : LATEST_S;
}

function findContact(actor: Actor, foresight: Foresight, areas: RoadAreas, takesLikely: boolean): { other: Actor; contact: RolloutContact } | null {
  const { train } = actor;
  const twin = train.copy();
  twin.inject('ignore-release');
  const loose = new Rollout(twin, LOOK_S);
  const overrun = loose.find((sM) => sM > train.releasedToSM);
  if (overrun < 0 || loose.speedMps[overrun]! < LEAST_OVERRUN_MPS) return null;
  const first = firstHit(loose, foresight.othersThan(actor), foresight);
  if (first === null) return null;
  const { other, contact } = first;
  if (contact.inS < Math.max(SOONEST_S, overrun * SAMPLE_S + OVERRUN_TO_CONTACT_S) || contact.inS > latestS(takesLikely)) return null;
  if (!areas.isWherePathsMeet(contact.xM, contact.yM) || areas.isInParking(contact.xM, contact.yM) || !isBeside(actor, other)) return null;
  return (takesLikely || isCertain(loose, other, contact, foresight)) && isAvoidable(twin, actor, other, overrun * SAMPLE_S + REACTION_S, foresight) ? first : null;
}

/** Whom it hits first if nobody gets another permission. */
function firstHit(loose: Rollout, others: readonly Actor[], foresight: Foresight): { other: Actor; contact: RolloutContact } | null {
  let first: { other: Actor; contact: RolloutContact } | null = null;
  for (const other of others) {
    const contact = loose.firstContact(foresight.held(other));
    if (contact !== null && (first === null || contact.inS < first.contact.inS)) first = { other, contact };
  }
  return first;
}

function isBeside(actor: Actor, other: Actor): boolean {
  const own = other.train.body.poses[0]!;
  const { path, sM } = actor.train;
  return path!.project(own.xM, own.yM, sM, Math.min(path!.lengthM, sM + 150)).distanceM > BESIDE_M;
}

function isCertain(loose: Rollout, other: Actor, contact: RolloutContact, foresight: Foresight): boolean {
  const freed = loose.firstContact(foresight.freed(other));
  if (freed === null || Math.abs(freed.inS - contact.inS) > AGREEMENT_S) return false;
  return SLACK_SAMPLES.every((samples) => loose.firstContact(foresight.held(other), samples) !== null && loose.firstContact(foresight.freed(other), samples) !== null);
}

/** With a stop of both after the reaction time nobody is hit. */
function isAvoidable(twin: Actor['train'], actor: Actor, other: Actor, brakeFromS: number, foresight: Foresight): boolean {
  const braked = new Rollout(twin, LOOK_S, brakeFromS);
  if (braked.firstContact(new Rollout(other.train, LOOK_S, brakeFromS)) !== null) return false;
  return foresight.othersThan(actor).every((third) => third === other || braked.firstContact(foresight.held(third)) === null);
}
