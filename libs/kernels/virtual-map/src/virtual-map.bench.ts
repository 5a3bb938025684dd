import { seededRandom } from '@quaymaster/geometry';
import { compileMap } from './compile-map';
import { createLocator } from './locator';
import type { Road, RoadNetwork } from './road-network';
import { arc, constant, driving, line, network, road } from './testing/network-builder';

/** A yard of one-way lanes 8 m apart with curves at their ends, each crossed by four roads: about 10,000 blocks. */
function yard(lanes: number): RoadNetwork {
  const centred: Partial<Road> = { laneOffset: [constant(2)] };
  const roads: Road[] = [];
  for (let i = 0; i < lanes; i += 1) {
    roads.push(road(`lane ${i}`, [line(1500, 0, 8 * i), arc(40, 0.05, 1500, 8 * i, 0, 1500)], [driving(-1)], centred));
  }
  for (let i = 0; i < 4; i += 1) roads.push(road(`cross ${i}`, [line(8 * lanes, 300 * (i + 1), 0, Math.PI / 2)], [driving(-1), driving(1)], {}));
  return network(roads);
}

interface Timing {
  readonly medianUs: number;
  readonly p99Us: number;
}

/** Times batches of calls after a warm-up; what the calls return is summed so that none can be left out. */
function measure(batches: number, calls: number, call: (i: number) => number): Timing & { readonly sum: number } {
  const timesUs: number[] = [];
  let sum = 0;
  for (let batch = -Math.ceil(batches / 5); batch < batches; batch += 1) {
    const startedMs = performance.now();
    for (let i = 0; i < calls; i += 1) sum += call(i);
    if (batch >= 0) timesUs.push((performance.now() - startedMs) * 1000 / calls);
  }
  timesUs.sort((a, b) => a - b);
  return { medianUs: timesUs[timesUs.length >> 1]!, p99Us: timesUs[Math.floor(timesUs.length * 0.99)]!, sum };
}

function run(): void {
  const source = yard(90);
  const result = compileMap(source);
  if (result.kind === 'refused') throw new Error(result.faults[0]!.message);
  const { map, report } = result;
  const locator = createLocator(map);
  const random = seededRandom(1);
  const points = Float64Array.from({ length: 20_000 }, (_, i) => (i % 2 === 0 ? random() * 1500 : random() * 720));
  const out = new Int32Array(256);
  const body = new Float64Array(8);
  const place = (i: number): Float64Array => {
    const [cos, sin] = [Math.cos(i), Math.sin(i)];
    for (let k = 0; k < 4; k += 1) {
      const along = k === 1 || k === 2 ? 8 : -8;
      const across = k < 2 ? -1.5 : 1.5;
      body[2 * k] = points[2 * i]! + along * cos - across * sin;
      body[2 * k + 1] = points[2 * i + 1]! + along * sin + across * cos;
    }
    return body;
  };
  console.log(`${report.blocks} blocks, ${report.triangles} triangles, seed 1`);
  const rows: readonly (readonly [string, Timing])[] = [
    ['compile', measure(15, 1, () => (compileMap(source).kind === 'compiled' ? 1 : 0))],
    ['create locator', measure(15, 1, () => (createLocator(map).isOnSurface(1, 1) ? 1 : 0))],
    ['locate a point', measure(100, 10_000, (i) => locator.locate(points[2 * i]!, points[2 * i + 1]!)?.block ?? 0)],
    ['locate with heading', measure(100, 10_000, (i) => locator.locateHeading(points[2 * i]!, points[2 * i + 1]!, i)?.block ?? 0)],
    ['blocks that a body touches', measure(100, 2000, (i) => locator.touching(place(i), out))],
    ['share of a body on the surface', measure(100, 2000, (i) => locator.surfaceShareRatio(place(i)))],
  ];
  for (const [name, { medianUs, p99Us }] of rows) console.log(`${name.padEnd(32)} median ${medianUs.toFixed(3)} us  p99 ${p99Us.toFixed(3)} us`);
}

run();
