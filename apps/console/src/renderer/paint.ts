/**
 * Names of the map's colours, in the order of their numbers in vertex data. The colour itself is the custom property `--map-<name>` of the style sheet, so
 * that light and dark are one place; its alpha is part of it.
 */
export const paints = [
  'lane', 'junction', 'slot', 'charging', 'lane-edge', 'lane-arrow', 'slot-edge', 'charging-edge',
  'zone-berth', 'zone-yard', 'zone-gate', 'zone-keep-out', 'zone-speed-limit', 'zone-parking', 'zone-edge', 'keep-out-edge', 'transfer-point',
  'idle', 'driving', 'working', 'waiting', 'held', 'parking', 'parked', 'immovable', 'offline',
  'vehicle-edge', 'vehicle-nose', 'vehicle-load',
  'route', 'route-selected', 'route-behind', 'assignment', 'slot-assigned',
  'region', 'region-edge', 'member', 'selection', 'draft', 'draft-edge',
  'conflict-possible', 'conflict-warning', 'conflict-imminent', 'deviation',
] as const;
export type Paint = (typeof paints)[number];

const numbers = new Map<string, number>(paints.map((paint, number) => [paint, number]));

export function paintNumber(paint: Paint): number {
  return numbers.get(paint)!;
}

/** Number of a colour whose name is made from data, e.g. a zone's kind; the fallback's where there is none. */
export function paintNumberOr(name: string, fallback: Paint): number {
  return numbers.get(name) ?? paintNumber(fallback);
}

/** `[r, g, b, a]` in 0 to 1 of `#rgb`, `#rrggbb` or `#rrggbbaa`; null for anything else. */
export function readHexColour(text: string): [number, number, number, number] | null {
  const match = /^#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(text.trim());
  if (match === null) return null;
  const hex = match[1]!.length === 3 ? match[1]!.replace(/./g, '$&$&') : match[1]!;
  const channel = (at: number): number => parseInt(hex.slice(at, at + 2), 16) / 255;
  return [channel(0), channel(2), channel(4), hex.length === 8 ? channel(6) : 1];
}

/** Every paint's colour, four numbers each, premultiplied by alpha. Magenta where the style sheet has none, which nobody overlooks. */
export function readPalette(property: (name: string) => string): Float32Array {
  const palette = new Float32Array(paints.length * 4);
  paints.forEach((paint, number) => {
    const [r, g, b, a] = readHexColour(property(`--map-${paint}`)) ?? [1, 0, 1, 1];
    palette.set([r * a, g * a, b * a, a], number * 4);
  });
  return palette;
}
