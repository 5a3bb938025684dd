import type { VirtualMap } from '@quaymaster/virtual-map';

const ints = (...values: number[]): Int32Array => Int32Array.from(values);

/** A map of two blocks in a row, a slot, a transfer point and a zone: enough for whoever only shows a map. */
export function handMadeMap(): VirtualMap {
  return {
    name: 'two blocks', hash: '00c0ffee00c0ffee', boundsM: [0, -2, 40, 2],
    lanes: {
      count: 1, roadId: ['1'], sectionIndex: ints(0), laneId: ints(-1), type: ['driving'], lengthM: Float64Array.of(40), blockOffset: ints(0, 2), blocks: ints(0, 1),
    },
    blocks: {
      count: 2, lane: ints(0, 0), startSM: Float64Array.of(0, 20), endSM: Float64Array.of(20, 40), flags: Uint8Array.of(8, 4), speedLimitMps: Float64Array.of(8, 8),
      centreOffset: ints(0, 2, 4), centreXyM: Float64Array.of(0, 0, 20, 0, 20, 0, 40, 0), outlineOffset: ints(0, 4, 8),
      outlineXyM: Float64Array.of(0, -2, 20, -2, 20, 2, 0, 2, 20, -2, 40, -2, 40, 2, 20, 2), triangleOffset: ints(0, 0, 0), followsOffset: ints(0, 1, 1),
      follows: ints(1), neighbourOffset: ints(0, 0, 0), neighbours: ints(), overlapOffset: ints(0, 0, 0), overlaps: ints(),
    },
    mesh: { verticesM: Float64Array.of(), triangles: Uint32Array.of(), triangleBlock: ints() },
    slots: [{ id: 'P-1', kind: 'parking', block: 1, stopSM: 18, lengthM: 18, widthM: 4, xM: 30, yM: 0, headingRad: 0 }],
    transferPoints: [{ id: 'QC-1', kind: 'crane', block: 0, stopSM: 10, xM: 10, yM: 0 }],
    zones: [{ id: 'quay', kind: 'berth', outlineXyM: Float64Array.of(0, -2, 20, -2, 20, 2, 0, 2), blocks: ints(0) }],
    warnings: [],
  };
}
