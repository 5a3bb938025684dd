import { gzipSync } from 'node:zlib';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { z } from 'zod';

const numbers = z.array(z.number());

/** The map in force as clients draw it. Offsets count points; `XyM` arrays are `[x, y, …]` [m]. */
export const mapViewSchema = z.object({
  name: z.string(),
  hash: z.string(),
  boundsM: z.tuple([z.number(), z.number(), z.number(), z.number()]).describe('[minX, minY, maxX, maxY]'),
  blocks: z.object({
    count: z.number().int(), outlineOffset: numbers, outlineXyM: numbers, centreOffset: numbers, centreXyM: numbers,
    flags: numbers.describe('Bits: 1 junction, 2 keep clear, 4 slot, 8 hold point at its end'),
  }),
  slots: z.array(z.object({
    id: z.string(), kind: z.enum(['parking', 'charging']), block: z.number().int(), stopSM: z.number(), lengthM: z.number(), widthM: z.number(), xM: z.number(),
    yM: z.number(), headingRad: z.number(),
  })),
  transferPoints: z.array(z.object({
    id: z.string(), kind: z.enum(['crane', 'yard', 'gate']), block: z.number().int(), stopSM: z.number(), xM: z.number(), yM: z.number(),
  })),
  zones: z.array(z.object({ id: z.string(), kind: z.enum(['berth', 'yard', 'gate', 'keep-out', 'speed-limit', 'parking']), outlineXyM: numbers })),
});

/** The map in force, and its text for clients, made once. */
export class SiteMap {
  readonly json: string;
  readonly gzipped: Buffer;

  constructor(readonly map: VirtualMap, name: string) {
    const { hash, boundsM, blocks, slots, transferPoints, zones } = map;
    this.json = JSON.stringify({
      name, hash, boundsM: [...boundsM],
      blocks: {
        count: blocks.count, outlineOffset: [...blocks.outlineOffset], outlineXyM: millimetres(blocks.outlineXyM), centreOffset: [...blocks.centreOffset],
        centreXyM: millimetres(blocks.centreXyM), flags: [...blocks.flags],
      },
      slots: slots.map(({ id, kind, block, stopSM, lengthM, widthM, xM, yM, headingRad }) => ({ id, kind, block, stopSM, lengthM, widthM, xM, yM, headingRad })),
      transferPoints: transferPoints.map(({ id, kind, block, stopSM, xM, yM }) => ({ id, kind, block, stopSM, xM, yM })),
      zones: zones.map(({ id, kind, outlineXyM }) => ({ id, kind, outlineXyM: millimetres(outlineXyM) })),
    } satisfies z.input<typeof mapViewSchema>);
    this.gzipped = gzipSync(this.json);
  }
}

/** What is drawn needs no more, and the text is half as long. */
function millimetres(valuesM: Float64Array): number[] {
  return Array.from(valuesM, (valueM) => Math.round(valueM * 1000) / 1000);
}
