import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readOpenDrive } from '@quaymaster/opendrive';
import { generateTerminal } from '@quaymaster/terminal';
import { compileMap, createLocator, serializeMap, type VirtualMap } from '@quaymaster/virtual-map';
import { ClipType, Clipper as ClipperLib, PolyFillType, PolyType, type Path } from 'clipper-lib';
import { Clipper as Clipper2, FillRule } from 'clipper2-ts';
import earcut from 'earcut';
import { XMLParser } from 'fast-xml-parser';
import Flatbush from 'flatbush';
import { seededRandom } from '@quaymaster/geometry';

/**
 * The map beside its peers, in one process: reading against fast-xml-parser, triangles against earcut, point location against flatbush with point-in-triangle
 * tests, overlapped areas against clipper-lib and clipper2-ts. Maps of the data folder are measured where QM_DATA_DIR names it.
 */
const SEED = 1;

interface Source { readonly name: string; readonly bytes: Uint8Array }

function sources(): Source[] {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const terminal = encode(generateTerminal({ cranes: 24, yardBlocks: 80, lanes: 4, slots: 640, seed: SEED }).xodr);
  const folder = join(process.env['QM_DATA_DIR'] ?? '', 'opendrive');
  const towns = ['Town01', 'Town04', 'Town06'].map((town) => join(folder, `carla-simulator__opendrive-test-files/OpenDrive/${town}.xodr`));
  const files = [...towns, join(folder, 'dlr-ts__sumo-scenarios/braunschweig_port.xodr')].filter((file) => process.env['QM_DATA_DIR'] !== undefined && existsSync(file));
  return [{ name: 'generated terminal', bytes: terminal }, ...files.map((file) => ({ name: basename(file, '.xodr'), bytes: readFileSync(file) }))];
}

/** Median and 99th percentile of rounds, after a warm-up [ms]. The first call, cold, is kept apart. */
function timed(rounds: number, work: () => unknown): { readonly firstMs: number; readonly medianMs: number; readonly p99Ms: number } {
  const timesMs: number[] = [];
  let firstMs = 0;
  for (let round = -5; round < rounds; round += 1) {
    const beganMs = performance.now();
    kept = work();
    const tookMs = performance.now() - beganMs;
    if (round === -5) firstMs = tookMs;
    if (round >= 0) timesMs.push(tookMs);
  }
  timesMs.sort((a, b) => a - b);
  return { firstMs, medianMs: timesMs[timesMs.length >> 1]!, p99Ms: timesMs[Math.min(timesMs.length - 1, Math.floor(timesMs.length * 0.99))]! };
}
/** Results are kept, so that none can be left out. */
export let kept: unknown;

/** Calls per second from the median of batches. */
function rate(batches: number, calls: number, call: (i: number) => number): { readonly perS: number; readonly p99Us: number; readonly sum: number } {
  let sum = 0;
  const timesMs: number[] = [];
  for (let batch = -Math.ceil(batches / 4); batch < batches; batch += 1) {
    const beganMs = performance.now();
    for (let i = 0; i < calls; i += 1) sum += call(i);
    if (batch >= 0) timesMs.push(performance.now() - beganMs);
  }
  timesMs.sort((a, b) => a - b);
  return { perS: 1000 * calls / timesMs[timesMs.length >> 1]!, p99Us: 1000 * timesMs[Math.floor(timesMs.length * 0.99)]! / calls, sum };
}

const million = (perS: number): string => (perS >= 1e6 ? `${(perS / 1e6).toFixed(2)} M/s` : `${(perS / 1e3).toFixed(0)} k/s`);

function measureReading({ name, bytes }: Source): VirtualMap {
  const text = new TextDecoder().decode(bytes);
  const parser = new XMLParser({ ignoreAttributes: false, parseAttributeValue: true });
  const xml = timed(12, () => parser.parse(text));
  const reading = timed(30, () => readOpenDrive(bytes));
  const read = readOpenDrive(bytes);
  if (read.kind === 'refused') throw new Error(read.faults[0]!.message);
  const compiling = timed(30, () => compileMap(read.network, { partial: true }));
  const whole = timed(30, () => { const again = readOpenDrive(bytes); return again.kind === 'read' ? compileMap(again.network, { partial: true }) : again; });
  const compiled = compileMap(read.network, { partial: true });
  if (compiled.kind === 'refused') throw new Error(compiled.faults[0]!.message);
  const { map, report } = compiled;
  const indexing = timed(30, () => createLocator(map));
  const { outlineOffset, outlineXyM, count } = map.blocks;
  const triangulating = timed(12, () => { let triangles = 0; for (let b = 0; b < count; b += 1) triangles += earcut(outlineXyM.subarray(2 * outlineOffset[b]!, 2 * outlineOffset[b + 1]!)).length / 3; return triangles; });
  const row = ({ medianMs, p99Ms }: { medianMs: number; p99Ms: number }): string => `${medianMs.toFixed(1)} / ${p99Ms.toFixed(1)} ms`;
  console.log(`\n${name}: ${(bytes.length / 1e6).toFixed(2)} MB, ${report.roads} roads, ${report.blocks} blocks, ${report.triangles} triangles, artefact ${(serializeMap(map).length / 1e6).toFixed(2)} MB`);
  console.log(`  read ${row(reading)}; compile ${row(compiling)}; both ${row(whole)}; locator ${row(indexing)}; first read and compile ${(reading.firstMs + compiling.firstMs).toFixed(0)} ms`);
  console.log(`  fast-xml-parser, tree only ${row(xml)}: ${(xml.medianMs / reading.medianMs).toFixed(1)} times reading; earcut, outlines of the blocks only ${row(triangulating)}`);
  return map;
}

/** Points on and beside lanes, half of them each. */
function pointsOn(map: VirtualMap, count: number): Float64Array {
  const random = seededRandom(SEED);
  const { centreXyM } = map.blocks;
  const xyM = new Float64Array(2 * count);
  for (let i = 0; i < count; i += 1) {
    const at = Math.floor(random() * centreXyM.length / 2);
    const spreadM = i % 2 === 0 ? 1.5 : 12;
    xyM[2 * i] = centreXyM[2 * at]! + (random() - 0.5) * 2 * spreadM;
    xyM[2 * i + 1] = centreXyM[2 * at + 1]! + (random() - 0.5) * 2 * spreadM;
  }
  return xyM;
}

function measurePoints(map: VirtualMap): void {
  const points = pointsOn(map, 100_000);
  kept = undefined;
  const bufferMb = (): number => { globalThis.gc?.(); globalThis.gc?.(); return process.memoryUsage().arrayBuffers / 1e6; };
  const beforeMb = bufferMb();
  const locator = createLocator(map);
  const locatorMb = bufferMb() - beforeMb;
  const { verticesM: v, triangles, triangleBlock } = map.mesh;
  const blockTriangles = triangleBlock.findIndex((block) => block < 0);
  const count = blockTriangles < 0 ? triangleBlock.length : blockTriangles;
  const tree = new Flatbush(count);
  for (let t = 0; t < count; t += 1) {
    const [a, b, c] = [3 * triangles[3 * t]!, 3 * triangles[3 * t + 1]!, 3 * triangles[3 * t + 2]!];
    tree.add(Math.min(v[a]!, v[b]!, v[c]!), Math.min(v[a + 1]!, v[b + 1]!, v[c + 1]!), Math.max(v[a]!, v[b]!, v[c]!), Math.max(v[a + 1]!, v[b + 1]!, v[c + 1]!));
  }
  tree.finish();
  const isIn = (t: number, x: number, y: number): boolean => {
    const [a, b, c] = [3 * triangles[3 * t]!, 3 * triangles[3 * t + 1]!, 3 * triangles[3 * t + 2]!];
    const side = (p: number, q: number): number => (v[q]! - v[p]!) * (y - v[p + 1]!) - (v[q + 1]! - v[p + 1]!) * (x - v[p]!);
    return side(a, b) >= 0 && side(b, c) >= 0 && side(c, a) >= 0;
  };
  let [x, y, hit] = [0, 0, 0];
  const filter = (t: number): boolean => { if (hit === 0 && isIn(t, x, y)) hit = 1; return false; };
  const n = points.length / 2;
  const place = new Float64Array(2);
  const ours = rate(40, n, (i) => (locator.locateInto(points[2 * i]!, points[2 * i + 1]!, place) < 0 ? 0 : 1));
  const theirs = rate(10, n, (i) => { [x, y, hit] = [points[2 * i]!, points[2 * i + 1]!, 0]; tree.search(x, y, x, y, filter); return hit; });
  const share = (sum: number, batches: number): number => sum / batches / n;
  if (Math.abs(share(ours.sum, 50) - share(theirs.sum, 13)) > 1e-3) throw new Error(`hits differ: ${share(ours.sum, 50)} and ${share(theirs.sum, 13)}`);
  console.log(`  locate (block, lane, s, t) ${million(ours.perS)}, p99 ${ours.p99Us.toFixed(2)} us; flatbush with point in triangle, hit or not ${million(theirs.perS)}: ${(ours.perS / theirs.perS).toFixed(1)} times; tables of the locator ${locatorMb.toFixed(1)} MB`);
}

function measureBodies(map: VirtualMap): void {
  const locator = createLocator(map);
  const random = seededRandom(SEED);
  const { centreXyM, centreOffset, outlineOffset, outlineXyM, count } = map.blocks;
  const bodies = Array.from({ length: 20_000 }, () => {
    const at = centreOffset[Math.floor(random() * count)]!;
    const headingRad = random() * 2 * Math.PI;
    const [cos, sin] = [Math.cos(headingRad), Math.sin(headingRad)];
    return Float64Array.from([[6, -1.25], [6, 1.25], [-6, 1.25], [-6, -1.25]].flatMap(([u, w]) => [centreXyM[2 * at]! + u! * cos - w! * sin, centreXyM[2 * at + 1]! + u! * sin + w! * cos]));
  });
  const found = new Int32Array(512);
  const pairs: [number, number][] = [];
  bodies.forEach((body, i) => { const n = locator.touching(body, found); for (let k = 0; k < n; k += 1) pairs.push([i, found[k]!]); });
  const touching = rate(20, bodies.length, (i) => locator.touching(bodies[i]!, found));
  const areas = rate(20, bodies.length, (i) => { const n = locator.touching(bodies[i]!, found); let sum = 0; for (let k = 0; k < n; k += 1) sum += locator.overlapAreaM2(bodies[i]!, found[k]!); return sum; });
  const one = rate(20, pairs.length, (i) => locator.overlapAreaM2(bodies[pairs[i]![0]]!, pairs[i]![1]));
  const MM = 1000;
  const few = pairs.slice(0, 10_000);
  const pathOf = (ring: Float64Array): Path => Array.from({ length: ring.length / 2 }, (_, i) => ({ X: Math.round(ring[2 * i]! * MM), Y: Math.round(ring[2 * i + 1]! * MM) }));
  const outlineOf = (block: number): Float64Array => outlineXyM.subarray(2 * outlineOffset[block]!, 2 * outlineOffset[block + 1]!);
  const lib = few.map(([body, block]) => [pathOf(bodies[body]!), pathOf(outlineOf(block))] as const);
  const clipper = rate(3, lib.length, (i) => {
    const solver = new ClipperLib();
    solver.AddPath(lib[i]![0], PolyType.ptSubject, true);
    solver.AddPath(lib[i]![1], PolyType.ptClip, true);
    const solution: Path[] = [];
    solver.Execute(ClipType.ctIntersection, solution, PolyFillType.pftNonZero, PolyFillType.pftNonZero);
    return solution.reduce((sum, path) => sum + Math.abs(ClipperLib.Area(path)), 0) / MM / MM;
  });
  const two = few.map(([body, block]) => [bodies[body]!, outlineOf(block)].map((ring) => Array.from({ length: ring.length / 2 }, (_, i) => ({ x: Math.round(ring[2 * i]! * MM), y: Math.round(ring[2 * i + 1]! * MM) }))));
  const clipper2 = rate(3, two.length, (i) => Math.abs(Clipper2.areaPaths(Clipper2.intersect([two[i]![0]!], [two[i]![1]!], FillRule.NonZero))) / MM / MM);
  const mean = [one.sum / 25 / pairs.length, clipper.sum / 4 / few.length, clipper2.sum / 4 / few.length];
  if (mean.slice(1).some((area) => Math.abs(area - mean[0]!) > 0.05 * mean[0]!)) throw new Error(`areas differ: ${mean.join(', ')}`);
  console.log(`  overlapped area of body and block ${million(one.perS)}; clipper-lib ${million(clipper.perS)}, clipper2-ts ${million(clipper2.perS)}: ${(one.perS / clipper.perS).toFixed(1)} and ${(one.perS / clipper2.perS).toFixed(1)} times`);
  console.log(`  all blocks under a body ${million(touching.perS)} bodies; with the area of each ${million(areas.perS)} (${(pairs.length / bodies.length).toFixed(1)} blocks a body)`);
}

console.log(`seed ${SEED}; median / 99th percentile, warm`);
for (const source of sources()) {
  const map = measureReading(source);
  measurePoints(map);
  measureBodies(map);
}
