import { linePiece } from '../curve';
import { EAST_RAD, SIDE_LANE_M, STREET_MPS, WEST_RAD } from './dimensions';
import { crossingBox, isThrough } from './grid';
import type { Site } from './site';

/**
 * The streets inland of the apron, from crossing to crossing; the first and last stretch of the last street belong to the gate and the bands. The street
 * between yard and parking has a second, westward road north of the first.
 */
export function layStreets(site: Site): void {
  const { grid } = site;
  const last = grid.streets.length - 1;
  const final = grid.columns.length - 1;
  for (let s = 1; s <= last; s += 1) {
    const { yM, direction } = grid.streets[s]!;
    const met = grid.columns.map((_, c) => c).filter((c) => (s <= grid.rows || isThrough(c)) && (s < last || (c > 0 && c < final)));
    layStreet(site, s, met, yM, direction);
    if (s === grid.rows) layStreet(site, s, met, yM + SIDE_LANE_M, 'west');
  }
}

function layStreet({ plan, grid, crossings }: Site, street: number, met: readonly number[], yM: number, direction: 'east' | 'west'): void {
  for (let i = 1; i < met.length; i += 1) {
    const west = met[i - 1]!;
    const east = met[i]!;
    const westM = crossingBox(grid, street, west).eastM;
    const eastM = crossingBox(grid, street, east).westM;
    const isEastward = direction === 'east';
    plan.addRoad({
      name: `STREET-${street}-${i}${isEastward ? 'E' : 'W'}`, start: { xM: isEastward ? westM : eastM, yM, headingRad: isEastward ? EAST_RAD : WEST_RAD },
      curve: [linePiece(eastM - westM)], limitMps: STREET_MPS,
      from: crossings.at(street, isEastward ? west : east), to: crossings.at(street, isEastward ? east : west),
    });
  }
}
