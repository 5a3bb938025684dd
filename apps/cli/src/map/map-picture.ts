import { BlockFlag, OFF_SURFACE, SURFACE_ONLY, type VirtualMap } from '@quaymaster/virtual-map';

/** Longest side of a picture [px]. */
const MOST_PX = 2400;
const MARGIN_M = 5;

const FILL = { lane: '#cfd8dc', junction: '#ffe0b2', slot: '#bbdefb', surface: '#eceff1', verge: '#dcedc8' } as const;

/** An SVG of a map seen from above, north up: surface, blocks with their driving direction, slots, transfer points and zones; the mesh's edges if asked for. */
export function mapPicture(map: VirtualMap, withMesh: boolean): string {
  const [minX, minY, maxX, maxY] = map.boundsM;
  const widthM = maxX - minX + 2 * MARGIN_M;
  const heightM = maxY - minY + 2 * MARGIN_M;
  const pxPerM = MOST_PX / Math.max(widthM, heightM);
  const at = (xM: number, yM: number): string => `${((xM - minX + MARGIN_M) * pxPerM).toFixed(1)},${((maxY - yM + MARGIN_M) * pxPerM).toFixed(1)}`;
  const ring = (xyM: ArrayLike<number>, from = 0, to = xyM.length / 2): string => {
    const points: string[] = [];
    for (let i = from; i < to; i += 1) points.push(at(xyM[2 * i]!, xyM[2 * i + 1]!));
    return `M${points.join('L')}`;
  };
  const path = (className: string, shapes: readonly string[]): string => (shapes.length === 0 ? '' : `<path class="${className}" d="${shapes.join('')}"/>\n`);
  const triangles = (which: (block: number) => boolean): string[] => {
    const shapes: string[] = [];
    map.mesh.triangleBlock.forEach((block, t) => {
      if (!which(block)) return;
      const corners = [...map.mesh.triangles.subarray(3 * t, 3 * t + 3)].map((vertex) => at(map.mesh.verticesM[3 * vertex]!, map.mesh.verticesM[3 * vertex + 1]!));
      shapes.push(`M${corners.join('L')}Z`);
    });
    return shapes;
  };
  const { blocks } = map;
  const outlines = { lane: [] as string[], junction: [] as string[], slot: [] as string[] };
  const centres: string[] = [];
  for (let block = 0; block < blocks.count; block += 1) {
    const flags = blocks.flags[block]!;
    const kind = (flags & BlockFlag.slot) !== 0 ? 'slot' : (flags & BlockFlag.junction) !== 0 ? 'junction' : 'lane';
    outlines[kind].push(`${ring(blocks.outlineXyM, blocks.outlineOffset[block], blocks.outlineOffset[block + 1])}Z`);
    centres.push(ring(blocks.centreXyM, blocks.centreOffset[block], blocks.centreOffset[block + 1]));
  }
  const zones = map.zones.map((zone) => `<path class="zone" d="${ring(zone.outlineXyM)}Z"><title>${escaped(`${zone.kind} ${zone.id}`)}</title></path>\n`);
  const places = [
    ...map.slots.map(({ id, kind, xM, yM }) => ({ id, kind, xM, yM })), ...map.transferPoints.map(({ id, kind, xM, yM }) => ({ id, kind, xM, yM })),
  ].map(({ id, kind, xM, yM }) => {
    const [x, y] = at(xM, yM).split(',');
    return `<circle class="${kind}" cx="${x!}" cy="${y!}" r="${Math.max(2, 1.2 * pxPerM).toFixed(1)}"><title>${escaped(`${kind} ${id}`)}</title></circle>\n`;
  });
  const px = (lengthM: number): string => (lengthM * pxPerM).toFixed(0);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${px(widthM)} ${px(heightM)}" width="${px(widthM)}" height="${px(heightM)}">
<title>${escaped(map.name)}</title>
<style>
${Object.entries(FILL).map(([name, colour]) => `.${name}{fill:${colour}}`).join('')}
.lane,.junction,.slot{stroke:#90a4ae;stroke-width:.5}.junction{fill-opacity:.6}.surface,.verge{stroke:none}.mesh{fill:none;stroke:#78909c;stroke-width:.3}
.centre{fill:none;stroke:#1565c0;stroke-width:.8;marker-end:url(#to)}.zone{fill:#ab47bc;fill-opacity:.08;stroke:#ab47bc}
.parking{fill:#1e88e5}.charging{fill:#43a047}.crane{fill:#e53935}.yard{fill:#fb8c00}.gate{fill:#6d4c41}
</style>
<marker id="to" viewBox="0 0 4 4" refX="4" refY="2" markerWidth="4" markerHeight="4" orient="auto"><path d="M0,0L4,2L0,4Z" fill="#1565c0"/></marker>
<rect width="100%" height="100%" fill="#fff"/>
${path('verge', triangles((block) => block === OFF_SURFACE))}${path('surface', triangles((block) => block === SURFACE_ONLY))}${zones.join('')}${path('lane', outlines.lane)}${path('junction', outlines.junction)}${
  path('slot', outlines.slot)}${withMesh ? path('mesh', triangles(() => true)) : ''}${centres.map((d) => `<path class="centre" d="${d}"/>`).join('\n')}
${places.join('')}</svg>
`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
