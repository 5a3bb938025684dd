import { advance } from './curve';
import { BEND_MPS } from './layout/dimensions';
import { layOut } from './layout/lay-out';
import { checkTerminalOptions } from './options';
import type { TerminalOptions } from './options';
import type { SitePlan } from './site-plan';
import { roadLengthM } from './site-plan';
import type { Bounds } from './xodr-writer';
import { writeOpenDrive } from './xodr-writer';

/** What a generated terminal contains. */
export interface TerminalSummary {
  /** Roads between junctions, connecting roads not counted. */
  readonly roads: number;
  readonly junctions: number;
  readonly connectingRoads: number;
  /** Length of all driving lanes, those through junctions included [m]. */
  readonly drivableM: number;
  /** Of these, the part outside junctions [m]. */
  readonly outsideJunctionsM: number;
  readonly slots: number;
  readonly chargingSlots: number;
  readonly transferPoints: { readonly crane: number; readonly yard: number; readonly gate: number };
  readonly zones: number;
  /** Extent of the lanes' centre lines in the site frame, 5 m more on each side [m]. */
  readonly bounds: Bounds;
}

const BOUNDS_MARGIN_M = 5;

/**
 * A container terminal with one-way traffic as OpenDRIVE 1.7 text: quay apron with cranes, yard blocks with truck lanes and bypasses, a gate, parking areas
 * of drive-through bays. From every lane every slot and transfer point can be reached, and back. Site frame: x east, y north, quay in the north.
 *
 * The same options give the same bytes.
 *
 * @throws RangeError that names the option which is outside `terminalLimits`
 */
export function generateTerminal(options: TerminalOptions): { xodr: string; summary: TerminalSummary } {
  checkTerminalOptions(options);
  const plan = layOut(options);
  const summary = summarize(plan);
  const name = `terminal-${options.cranes}-${options.yardBlocks}-${options.lanes}-${options.slots}-${options.seed}`;
  return { xodr: writeOpenDrive(plan, name, summary.bounds, BEND_MPS), summary };
}

function summarize(plan: SitePlan): TerminalSummary {
  const connecting = plan.junctions.flatMap((junction) => junction.connecting);
  const outsideJunctionsM = plan.roads.reduce((sumM, road) => sumM + road.lanes * roadLengthM(road), 0);
  const objects = plan.roads.flatMap((road) => road.objects);
  const count = (kind: string, use?: string): number => objects.filter((object) => object.kind === kind && (use === undefined || object.use === use)).length;
  return {
    roads: plan.roads.length, junctions: plan.junctions.length, connectingRoads: connecting.length, outsideJunctionsM,
    drivableM: connecting.reduce((sumM, road) => sumM + roadLengthM(road), outsideJunctionsM),
    slots: count('slot'), chargingSlots: count('slot', 'charging'),
    transferPoints: { crane: count('transferPoint', 'crane'), yard: count('transferPoint', 'yard'), gate: count('transferPoint', 'gate') },
    zones: count('zone'), bounds: boundsOf(plan),
  };
}

/** All curves run between their pieces' ends, but for arcs of at most a quarter turn, which stay within the square of those ends. */
function boundsOf(plan: SitePlan): Bounds {
  let [westM, eastM, southM, northM] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { start, curve, lanes, widthM } of plan.roads) {
    const beyondM = BOUNDS_MARGIN_M + (lanes - 1) * widthM;
    let pose = start;
    for (const at of [start, ...curve.map((piece) => (pose = advance(pose, piece)))]) {
      westM = Math.min(westM, at.xM - beyondM);
      eastM = Math.max(eastM, at.xM + beyondM);
      southM = Math.min(southM, at.yM - beyondM);
      northM = Math.max(northM, at.yM + beyondM);
    }
  }
  return { westM, eastM, southM, northM };
}
