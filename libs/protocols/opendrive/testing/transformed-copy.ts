/** Rewrites the text of OpenDRIVE documents, without a reader, so that a reader can be tried with them. Bytes are kept as they are but for what is rewritten. */

/** The map turned about the origin and moved. */
export function movedCopy(bytes: Uint8Array, xM: number, yM: number, turnRad: number): Uint8Array {
  const [cos, sin] = [Math.cos(turnRad), Math.sin(turnRad)];
  return rewritten(bytes, (text) => text.replace(/<geometry\b[^>]*>/g, (tag) => {
    const [x, y, heading] = ['x', 'y', 'hdg'].map((name) => Number(attributeOf(tag, name) ?? NaN));
    if (![x, y, heading].every(Number.isFinite)) return tag;
    const moved = { x: xM + x! * cos - y! * sin, y: yM + x! * sin + y! * cos, hdg: heading! + turnRad };
    return Object.entries(moved).reduce((so, [name, value]) => withAttribute(so, name, String(value)), tag);
  }));
}

/** The map with other road and junction ids, and its roads in reverse order. */
export function renumberedCopy(bytes: Uint8Array): Uint8Array {
  return rewritten(bytes, (text) => {
    const roads = new Map<string, string>();
    const junctions = new Map<string, string>();
    for (const [tag] of text.matchAll(/<road\b[^>]*>/g)) number(roads, attributeOf(tag, 'id'), 70_000);
    for (const [tag] of text.matchAll(/<junction\b[^>]*>/g)) number(junctions, attributeOf(tag, 'id'), 90_000);
    const to = (tag: string, name: string, ids: ReadonlyMap<string, string>): string => {
      const id = ids.get(attributeOf(tag, name) ?? '');
      return id === undefined ? tag : withAttribute(tag, name, id);
    };
    const renumbered = text
      .replace(/<road\b[^>]*>/g, (tag) => to(to(tag, 'id', roads), 'junction', junctions))
      .replace(/<junction\b[^>]*>/g, (tag) => to(tag, 'id', junctions))
      .replace(/<(?:predecessor|successor)\b[^>]*>/g, (tag) => to(tag, 'elementId', attributeOf(tag, 'elementType') === 'junction' ? junctions : roads))
      .replace(/<connection\b[^>]*>/g, (tag) => ['incomingRoad', 'connectingRoad', 'linkedRoad'].reduce((so, name) => to(so, name, roads), tag));
    return reversedRoads(renumbered);
  });
}

function rewritten(bytes: Uint8Array, change: (text: string) => string): Uint8Array {
  return Buffer.from(change(Buffer.from(bytes).toString('latin1')), 'latin1');
}

function number(ids: Map<string, string>, id: string | undefined, from: number): void {
  if (id !== undefined && !ids.has(id)) ids.set(id, String(from + 7 * ids.size));
}

function attributeOf(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)["']`).exec(tag)?.[1];
}

function withAttribute(tag: string, name: string, value: string): string {
  return tag.replace(new RegExp(`(\\s${name}\\s*=\\s*["'])[^"']*`), (_, before: string) => `${before}${value}`);
}

/** Roads are not nested, so the places of the first and the last, and so on, can be exchanged. */
function reversedRoads(text: string): string {
  const pattern = /<road\b(?:[^>"']|"[^"]*"|'[^']*')*?(?:\/>|>[\s\S]*?<\/road\s*>)/g;
  const roads = [...text.matchAll(pattern)].map(([road]) => road);
  return text.replace(pattern, () => roads.pop()!);
}
