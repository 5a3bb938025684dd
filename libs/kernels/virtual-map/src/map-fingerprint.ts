import { Fingerprint } from './fingerprint';
import type { VirtualMap } from './virtual-map';

/** Hash of everything that a map answers from; its warnings do not count. */
export function fingerprintOf(map: Omit<VirtualMap, 'hash' | 'warnings'>): string {
  const print = new Fingerprint();
  print.text(map.name);
  print.table(Float64Array.from(map.boundsM));
  for (const record of [map.lanes, map.blocks, map.mesh]) {
    // In the order of names, so that the order in which a record was put together is of no matter.
    for (const [name, value] of Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))) {
      print.text(name);
      if (typeof value === 'number') print.number(value);
      else if (Array.isArray(value)) print.texts(value as readonly string[]);
      else print.table(value as Float64Array | Int32Array | Uint32Array | Uint8Array);
    }
  }
  for (const slot of map.slots) {
    print.texts([slot.id, slot.kind]);
    print.table(Float64Array.of(slot.block, slot.stopSM, slot.lengthM, slot.widthM, slot.xM, slot.yM, slot.headingRad));
  }
  for (const point of map.transferPoints) {
    print.texts([point.id, point.kind]);
    print.table(Float64Array.of(point.block, point.stopSM, point.xM, point.yM));
  }
  for (const zone of map.zones) {
    print.texts([zone.id, zone.kind]);
    print.table(zone.outlineXyM);
    print.table(zone.blocks);
  }
  return print.toHex();
}
