import type { Junction, SitePlan } from '../site-plan';
import { GATE_SHIFT_M } from './dimensions';
import type { Grid } from './grid';
import { isThrough } from './grid';

/** The junctions of the grid by street and column. */
export class Crossings {
  private readonly junctions = new Map<string, Junction>();

  constructor(plan: SitePlan, grid: Grid) {
    const last = grid.streets.length - 1;
    const final = grid.columns.length - 1;
    for (let s = 0; s <= last; s += 1) {
      for (let c = 0; c <= final; c += 1) {
        if (s > grid.rows && !isThrough(c)) continue;
        // The last street's ends are bends of one road, no junctions.
        if (s === last && (c === 0 || c === final)) continue;
        const endsGate = s === last && c === 2;
        this.junctions.set(`${s}/${c}`, plan.addJunction(`J-${s}-${c + 1}`, endsGate ? { shiftM: GATE_SHIFT_M } : {}));
      }
    }
  }

  at(street: number, column: number): Junction {
    const junction = this.junctions.get(`${street}/${column}`);
    if (junction === undefined) throw new RangeError(`street ${street} and column ${column} do not cross`);
    return junction;
  }
}

/** What the parts of a terminal share while they are laid out. */
export interface Site {
  readonly plan: SitePlan;
  readonly grid: Grid;
  readonly crossings: Crossings;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}
