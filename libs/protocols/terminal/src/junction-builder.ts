import { curveLengthM, inFrameOf, joinPoses } from './curve';
import type { ConnectingRoad, Junction, Road, SitePlan } from './site-plan';
import { LANE_WIDTH_M, lanePose } from './site-plan';

/** Long vehicles get round a bend of this radius and no tighter one [m]. */
const TIGHTEST_TURN_M = 15;
/** Bends wider than this are nearly straight: the trailer follows the tractor [m]. */
const GENTLE_TURN_M = 30;
const GENTLE_WIDTH_M = 5;

/** Gives a junction its connecting roads: one from every lane that enters to every lane that leaves, but for U-turns and wide lane changes. */
export function connectJunction(plan: SitePlan, junction: Junction): void {
  for (const incoming of junction.incoming) {
    for (const outgoing of junction.outgoing) {
      for (let from = 1; from <= incoming.lanes; from += 1) {
        for (let to = 1; to <= outgoing.lanes; to += 1) {
          const connecting = connectLanes(plan, junction, incoming, from, outgoing, to);
          if (connecting !== null) junction.connecting.push(connecting);
        }
      }
    }
  }
}

function connectLanes(plan: SitePlan, junction: Junction, incoming: Road, incomingLane: number, outgoing: Road, outgoingLane: number): ConnectingRoad | null {
  const start = lanePose(incoming, incomingLane, 'end');
  const end = lanePose(outgoing, outgoingLane, 'start');
  const joined = joinPoses(start, end, junction.radiusM);
  if (joined === null) return null;
  const isShift = joined.pieces.length === 2 && joined.pieces[0]!.curvaturePerM === -joined.pieces[1]!.curvaturePerM;
  if (isShift && Math.abs(inFrameOf(start, end.xM, end.yM)[1]) > junction.shiftM) return null;
  if (joined.radiusM < TIGHTEST_TURN_M) {
    throw new RangeError(`${junction.name}: turn from ${incoming.name} to ${outgoing.name} has radius ${joined.radiusM} m, at least ${TIGHTEST_TURN_M} m needed`);
  }
  const id = plan.nextRoadId();
  return {
    id, name: `${junction.name}.${junction.connecting.length + 1}`, start, curve: joined.pieces,
    startWidthM: LANE_WIDTH_M, middleWidthM: joined.radiusM > GENTLE_TURN_M ? GENTLE_WIDTH_M : junction.turnWidthM, endWidthM: LANE_WIDTH_M,
    incoming, incomingLane, outgoing, outgoingLane,
  };
}

/** Length of a connecting road over which its width changes at either end [m]. */
export function flareLengthM(connecting: ConnectingRoad): number {
  return Math.min(8, curveLengthM(connecting.curve) / 3);
}
