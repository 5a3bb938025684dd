import { fingerprintOf } from './map-fingerprint';
import type { BlockTable, LaneTable, Mesh, VirtualMap } from './virtual-map';

/** "QMAP" in the order of its bytes. */
const MAGIC = 0x50414d51;
/** Rises whenever the content of a map changes; files of other versions are refused, since a map can always be compiled anew. */
const VERSION = 2;
const HEAD_BYTES = 12;

type Table = Float64Array | Int32Array | Uint32Array | Uint8Array;
const KINDS = { f64: Float64Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array } as const;
type TableKind = keyof typeof KINDS;

interface Header {
  readonly map: Omit<VirtualMap, 'lanes' | 'blocks' | 'mesh' | 'zones'> & {
    readonly lanes: Record<string, unknown>;
    readonly blocks: Record<string, unknown>;
    readonly mesh: Record<string, unknown>;
    readonly zones: readonly Record<string, unknown>[];
  };
  /** Tables in the order in which they follow, each from a multiple of 8 bytes on: where each belongs, its kind, how many numbers. */
  readonly tables: readonly (readonly [owner: string, name: string, kind: TableKind, length: number])[];
}

export type ReadMap = { readonly kind: 'read'; readonly map: VirtualMap } | { readonly kind: 'refused'; readonly because: string };

/** A compiled map as bytes: a head (magic, version, length of the header), a JSON header, then the tables as they lie in little-endian memory. */
export function serializeMap(map: VirtualMap): Uint8Array {
  const tables: [string, string, TableKind, Table][] = [];
  const split = (owner: string, record: object): Record<string, unknown> => {
    const rest: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(record)) {
      const kind = kindOf(value);
      if (kind === null) rest[name] = value;
      else tables.push([owner, name, kind, value as Table]);
    }
    return rest;
  };
  const header: Header = {
    map: {
      ...map, lanes: split('lanes', map.lanes), blocks: split('blocks', map.blocks), mesh: split('mesh', map.mesh),
      zones: map.zones.map((zone, i) => split(`zone ${i}`, zone)),
    },
    tables: tables.map(([owner, name, kind, table]) => [owner, name, kind, table.length]),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const size = tables.reduce((at, [, , , table]) => aligned(at) + table.byteLength, HEAD_BYTES + text.length);
  const bytes = new Uint8Array(size);
  const head = new DataView(bytes.buffer);
  head.setUint32(0, MAGIC, true);
  head.setUint32(4, VERSION, true);
  head.setUint32(8, text.length, true);
  bytes.set(text, HEAD_BYTES);
  let at = HEAD_BYTES + text.length;
  for (const [, , , table] of tables) {
    at = aligned(at);
    bytes.set(new Uint8Array(table.buffer, table.byteOffset, table.byteLength), at);
    at += table.byteLength;
  }
  return bytes;
}

/** The map that was written, or why the bytes are none: not a map, another version, cut short, or changed since (its hash does not fit its content). */
export function deserializeMap(bytes: Uint8Array): ReadMap {
  const refused = (because: string): ReadMap => ({ kind: 'refused', because });
  if (bytes.length < HEAD_BYTES) return refused('it is too short to be a compiled map');
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (head.getUint32(0, true) !== MAGIC) return refused('it is not a compiled map');
  const version = head.getUint32(4, true);
  if (version !== VERSION) return refused(`it is of version ${version}, and this is version ${VERSION}`);
  const textEnd = HEAD_BYTES + head.getUint32(8, true);
  if (textEnd > bytes.length) return refused('it is cut short');
  let map: VirtualMap | null;
  try {
    map = assemble(JSON.parse(new TextDecoder().decode(bytes.subarray(HEAD_BYTES, textEnd))) as Header, bytes, textEnd);
    if (map === null) return refused('it is cut short');
    if (fingerprintOf(map) !== map.hash) return refused('its content does not fit its hash');
  } catch {
    // A header that is no JSON, or not that of a map: whatever reading it trips over, the bytes are at fault.
    return refused('its header is damaged');
  }
  return { kind: 'read', map };
}

/** Puts the tables back into the records that they came from; null when there are fewer bytes than the header announces. */
function assemble({ map, tables }: Header, bytes: Uint8Array, from: number): VirtualMap | null {
  const owners = new Map<string, Record<string, unknown>>([['lanes', map.lanes], ['blocks', map.blocks], ['mesh', map.mesh]]);
  map.zones.forEach((zone, i) => owners.set(`zone ${i}`, zone));
  let at = from;
  for (const [owner, name, kind, length] of tables) {
    at = aligned(at);
    const end = at + length * KINDS[kind].BYTES_PER_ELEMENT;
    if (end > bytes.length) return null;
    // Copied, so that the tables are aligned wherever the bytes lie and do not keep the file alive.
    owners.get(owner)![name] = new KINDS[kind](bytes.slice(at, end).buffer);
    at = end;
  }
  return {
    ...map, lanes: map.lanes as unknown as LaneTable, blocks: map.blocks as unknown as BlockTable, mesh: map.mesh as unknown as Mesh,
    zones: map.zones as unknown as VirtualMap['zones'],
  };
}

function kindOf(value: unknown): TableKind | null {
  for (const kind of Object.keys(KINDS) as TableKind[]) if (value instanceof KINDS[kind]) return kind;
  return null;
}

function aligned(at: number): number {
  return Math.ceil(at / 8) * 8;
}
