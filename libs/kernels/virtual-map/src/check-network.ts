import type { Cubic, PlanGeometry, Road, RoadNetwork } from './road-network';
import type { SectionStrip } from './section-strip';
import type { MapFault } from './virtual-map';

/** No road of a site is longer [m]; a number beyond it is a slip, and would ask for a mesh that fits no memory. */
const MOST_ROAD_M = 200_000;
/** Furthest place of a site from its origin [m]: beyond, a double no longer resolves a micrometre. */
const MOST_FAR_M = 5_000_000;

/** What makes a network impossible to compile; empty when it can be. */
export function checkNetwork(network: RoadNetwork): MapFault[] {
  const faults: MapFault[] = [];
  const seen = new Set<string>();
  for (const road of network.roads) {
    if (seen.has(road.id)) faults.push({ code: 'QM_MAP_ROAD_TWICE', where: `road ${road.id}`, message: 'there are two roads with this id' });
    seen.add(road.id);
    checkRoad(road, faults);
  }
  if (network.roads.length === 0) faults.push({ code: 'QM_MAP_NO_ROADS', where: 'network', message: 'there are no roads' });
  return faults;
}

/** A fault where the borders of a lane section run off: polynomials can do that although each of their numbers is sound. */
export function checkReach(network: RoadNetwork, { xyzM, roadIndex, sectionIndex }: SectionStrip): MapFault[] {
  if (xyzM.every((valueM) => Math.abs(valueM) <= 2 * MOST_FAR_M)) return [];
  const where = `road ${network.roads[roadIndex]!.id}, section ${sectionIndex}`;
  return [{ code: 'QM_MAP_OUT_OF_RANGE', where, message: `its borders run to over ${2 * MOST_FAR_M} m from the origin` }];
}

function checkRoad(road: Road, faults: MapFault[]): void {
  const where = `road ${road.id}`;
  const fault = (code: MapFault['code'], place: string, message: string): void => {
    faults.push({ code, where: place === '' ? where : `${where}, ${place}`, message });
  };
  if (!(road.lengthM > 0 && road.lengthM <= MOST_ROAD_M)) {
    fault('QM_MAP_ROAD_LENGTH', '', `its length is ${road.lengthM} m; it must be above 0 and at most ${MOST_ROAD_M} m`);
  }
  if (road.planView.length === 0) fault('QM_MAP_NO_REFERENCE_LINE', '', 'it has no plan view');
  road.planView.forEach((piece) => {
    const place = `s ${piece.sM}`;
    if (!numbersOf(piece).every(Number.isFinite)) fault('QM_MAP_NOT_A_NUMBER', place, `its ${piece.kind} has a value that is no number`);
    else if (Math.abs(piece.xM) > MOST_FAR_M || Math.abs(piece.yM) > MOST_FAR_M) fault('QM_MAP_OUT_OF_RANGE', place, `it lies over ${MOST_FAR_M} m from the origin`);
    if (piece.kind === 'paramPoly3' && piece.normalized && !(piece.lengthM > 0)) fault('QM_MAP_GEOMETRY_LENGTH', place, 'its polynomial has no length');
  });
  if (!rises(road.planView)) fault('QM_MAP_ORDER', '', 'the pieces of its plan view are not in the order of s');
  for (const [name, cubics] of [['elevation', road.elevation], ['superelevation', road.superelevation], ['lane offset', road.laneOffset]] as const) {
    checkCubics(cubics, name, '', fault);
  }
  if (!rises(road.sections)) fault('QM_MAP_ORDER', '', 'its lane sections are not in the order of s');
  road.sections.forEach((section, index) => {
    const place = `section ${index}`;
    if (!Number.isFinite(section.sM)) fault('QM_MAP_NOT_A_NUMBER', place, 'it does not say where it starts');
    const ids = new Set<number>();
    for (const lane of section.lanes) {
      if (!Number.isInteger(lane.id)) fault('QM_MAP_NOT_A_NUMBER', place, `${lane.id} is no lane id`);
      if (ids.has(lane.id)) fault('QM_MAP_LANE_TWICE', `${place}, lane ${lane.id}`, 'there are two lanes with this id');
      ids.add(lane.id);
      checkCubics(lane.widths, 'width', `${place}, lane ${lane.id}`, fault);
      checkCubics(lane.borders, 'border', `${place}, lane ${lane.id}`, fault);
    }
  });
  for (const object of road.objects) {
    const corners = object.outlines.flat();
    const values = [object.sM, object.tM, object.headingRad, object.lengthM, object.widthM, ...corners.flatMap((corner) => [corner.aM, corner.bM])];
    if (!values.every(Number.isFinite)) fault('QM_MAP_NOT_A_NUMBER', `object ${object.id}`, 'it has a place or size that is no number');
  }
}

function checkCubics(cubics: readonly Cubic[], name: string, place: string, fault: (code: MapFault['code'], place: string, message: string) => void): void {
  for (const { sM, a, b, c, d } of cubics) {
    if (![sM, a, b, c, d].every(Number.isFinite)) fault('QM_MAP_NOT_A_NUMBER', place, `its ${name} at s ${sM} has a coefficient that is no number`);
  }
  if (!rises(cubics)) fault('QM_MAP_ORDER', place, `the pieces of its ${name} are not in the order of s`);
}

function rises(pieces: readonly { readonly sM: number }[]): boolean {
  return pieces.every((piece, i) => i === 0 || !(piece.sM < pieces[i - 1]!.sM));
}

function numbersOf(piece: PlanGeometry): number[] {
  const shared = [piece.sM, piece.xM, piece.yM, piece.headingRad, piece.lengthM];
  switch (piece.kind) {
    case 'line':
      return shared;
    case 'arc':
      return [...shared, piece.curvaturePerM];
    case 'spiral':
      return [...shared, piece.startPerM, piece.endPerM];
    case 'poly3':
      return [...shared, piece.a, piece.b, piece.c, piece.d];
    case 'paramPoly3':
      return [...shared, ...piece.u, ...piece.v];
  }
}
