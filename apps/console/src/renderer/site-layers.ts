import { blockFlag, type SiteMap, slotOutlineM } from '../site-map';
import { MarkerBuffer, MarkerShape } from './marker-buffer';
import { type Paint, paintNumber, paintNumberOr } from './paint';
import { StrokeBuffer } from './stroke-buffer';
import { TriangleBuffer, type Triangulate } from './triangle-buffer';

/** The still part of the picture, built once a map. */
export interface SiteLayers {
  readonly fills: TriangleBuffer;
  readonly edges: StrokeBuffer;
  /** Driving directions and hold points; for views from near. */
  readonly details: StrokeBuffer;
  readonly markers: MarkerBuffer;
}

/** Point of the site that vertex data are relative to [m]. */
export function mapOrigin(map: SiteMap): readonly [xM: number, yM: number] {
  const [minXM, minYM, maxXM, maxYM] = map.boundsM;
  return [Math.round((minXM + maxXM) / 2), Math.round((minYM + maxYM) / 2)];
}

export function buildSiteLayers(map: SiteMap, triangulate: Triangulate): SiteLayers {
  const [x, y] = mapOrigin(map);
  const layers: SiteLayers = { fills: new TriangleBuffer(x, y), edges: new StrokeBuffer(x, y), details: new StrokeBuffer(x, y), markers: new MarkerBuffer(x, y) };
  addZones(map, layers, triangulate);
  addBlocks(map, layers, triangulate);
  addSlots(map, layers);
  for (const point of map.transferPoints) layers.markers.put(point.xM, point.yM, paintNumber('transfer-point'), 9, MarkerShape.square);
  return layers;
}

function addZones(map: SiteMap, { fills, edges }: SiteLayers, triangulate: Triangulate): void {
  for (const zone of map.zones) {
    fills.polygon(zone.outlineXyM, paintNumberOr(`zone-${zone.kind}`, 'zone-yard'), triangulate);
    const isKeepOut = zone.kind === 'keep-out';
    edges.line(zone.outlineXyM, 0, zone.outlineXyM.length, true, paintNumber(isKeepOut ? 'keep-out-edge' : 'zone-edge'), isKeepOut ? 1.5 : 1, 5);
  }
}

function addBlocks(map: SiteMap, { fills, edges, details }: SiteLayers, triangulate: Triangulate): void {
  const { blocks } = map;
  const isCharging = new Set(map.slots.filter((slot) => slot.kind === 'charging').map((slot) => slot.block));
  for (let block = 0; block < blocks.count; block += 1) {
    const from = blocks.outlineOffset[block]! * 2;
    const to = blocks.outlineOffset[block + 1]! * 2;
    const flags = blocks.flags[block]!;
    const outline = blocks.outlineXyM.slice(from, to);
    fills.polygon(outline, paintNumber(blockPaint(flags, isCharging.has(block))), triangulate);
    if ((flags & blockFlag.junction) === 0) edges.line(outline, 0, outline.length, true, paintNumber('lane-edge'), 1);
    addDirection(blocks.centreXyM.slice(blocks.centreOffset[block]! * 2, blocks.centreOffset[block + 1]! * 2), details);
  }
}

function blockPaint(flags: number, isCharging: boolean): Paint {
  if ((flags & blockFlag.slot) !== 0) return isCharging ? 'charging' : 'slot';
  return (flags & blockFlag.junction) === 0 ? 'lane' : 'junction';
}

/** A chevron at the middle of a block's centre line, pointing in driving direction. */
function addDirection(centreXyM: readonly number[], details: StrokeBuffer): void {
  const count = centreXyM.length / 2;
  if (count < 2) return;
  let lengthM = 0;
  for (let i = 1; i < count; i += 1) lengthM += Math.hypot(centreXyM[2 * i]! - centreXyM[2 * i - 2]!, centreXyM[2 * i + 1]! - centreXyM[2 * i - 1]!);
  if (lengthM < 4) return;
  let left = lengthM / 2;
  for (let i = 1; i < count; i += 1) {
    const x = centreXyM[2 * i - 2]!;
    const y = centreXyM[2 * i - 1]!;
    const dx = centreXyM[2 * i]! - x;
    const dy = centreXyM[2 * i + 1]! - y;
    const stretchM = Math.hypot(dx, dy);
    if (left > stretchM) {
      left -= stretchM;
      continue;
    }
    const ux = dx / stretchM;
    const uy = dy / stretchM;
    const tipX = x + ux * (left + 0.5);
    const tipY = y + uy * (left + 0.5);
    const chevron = [tipX - ux * 0.9 - uy * 0.7, tipY - uy * 0.9 + ux * 0.7, tipX, tipY, tipX - ux * 0.9 + uy * 0.7, tipY - uy * 0.9 - ux * 0.7];
    details.line(chevron, 0, 6, false, paintNumber('lane-arrow'), 1.5);
    return;
  }
}

function addSlots(map: SiteMap, { edges }: SiteLayers): void {
  for (const slot of map.slots) {
    const outline = slotOutlineM(slot);
    edges.line(outline, 0, outline.length, true, paintNumber(slot.kind === 'charging' ? 'charging-edge' : 'slot-edge'), 1);
  }
}
