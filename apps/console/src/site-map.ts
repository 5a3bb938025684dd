import type { BlockFlag } from '@quaymaster/virtual-map';

/** The bits of the virtual map; its type holds the numbers to those of the map package without loading that package. */
export const blockFlag: typeof BlockFlag = { junction: 1, keepClear: 2, slot: 4, holdPoint: 8 };

/** The map in force as `GET /v1/map` gives it. Offsets are in points, `XyM` arrays are `[x, y, …]` [m]. */
export interface SiteMap {
  readonly name: string;
  readonly hash: string;
  readonly boundsM: readonly [minXM: number, minYM: number, maxXM: number, maxYM: number];
  readonly blocks: {
    readonly count: number;
    readonly outlineOffset: readonly number[];
    readonly outlineXyM: readonly number[];
    readonly centreOffset: readonly number[];
    readonly centreXyM: readonly number[];
    /** `BlockFlag` bits of the virtual map. */
    readonly flags: readonly number[];
  };
  readonly slots: readonly MapSlot[];
  readonly transferPoints: readonly { readonly id: string; readonly kind: string; readonly xM: number; readonly yM: number }[];
  readonly zones: readonly { readonly id: string; readonly kind: string; readonly outlineXyM: readonly number[] }[];
}

export interface MapSlot {
  readonly id: string;
  readonly kind: 'parking' | 'charging';
  readonly block: number;
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
  readonly lengthM: number;
  readonly widthM: number;
}

/** Outline of a slot, counter-clockwise `[x, y, …]` [m]. */
export function slotOutlineM(slot: MapSlot): number[] {
  const cos = Math.cos(slot.headingRad);
  const sin = Math.sin(slot.headingRad);
  const outline: number[] = [];
  for (const [along, across] of [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]] as const) {
    const x = along * slot.lengthM;
    const y = across * slot.widthM;
    outline.push(slot.xM + x * cos - y * sin, slot.yM + x * sin + y * cos);
  }
  return outline;
}
