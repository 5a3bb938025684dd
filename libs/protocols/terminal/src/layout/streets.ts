import { linePiece } from '../curve';
import { EAST_RAD, STREET_MPS, WEST_RAD } from './dimensions';
import { crossingBox, isThrough } from './grid';
import type { Site } from './site';

/** The streets inland of the apron, from crossing to crossing; the first and last stretch of the last street belong to the bands and the gate. */
export function layStreets({ plan, grid, crossings }: Site): void {
  const last = grid.streets.length - 1;
  const columns = grid.columns.map((_, c) => c);
  for (let s = 1; s <= last; s += 1) {
    const { yM, direction } = grid.streets[s]!;
    const met = columns.filter((c) => (s <= grid.rows || isThrough(c)) && (s < last || (c > 0 && c < columns.length - 1)));
    for (let i = 1; i < met.length; i += 1) {
      const west = met[i - 1]!;
      const east = met[i]!;
      const westM = crossingBox(grid, s, west).eastM;
      const eastM = crossingBox(grid, s, east).westM;
      const isEastward = direction === 'east';
      plan.addRoad({
        name: `STREET-${s}-${i}`, start: { xM: isEastward ? westM : eastM, yM, headingRad: isEastward ? EAST_RAD : WEST_RAD }, curve: [linePiece(eastM - westM)],
        limitMps: STREET_MPS, from: crossings.at(s, isEastward ? west : east), to: crossings.at(s, isEastward ? east : west),
      });
    }
  }
}
