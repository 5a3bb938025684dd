import { createPolyline, seededRandom } from '@quaymaster/geometry';
import { createBodyShape, ContactSearch, type MovingBody, PredictedMotion, rollOut, type VehicleModel, buildPoseTable } from './index';

/**
 * What one check costs in processor time, so that a busy machine does not change it: nanoseconds, median and p99 over batches. Seeded, warmed; the sum of all
 * results is printed so that nothing is optimised away.
 */
const box = (frontM: number, rearM: number, widthM: number): number[] => [-rearM, -widthM / 2, frontM, -widthM / 2, frontM, widthM / 2, -rearM, widthM / 2];
const tractor: VehicleModel = {
  id: 'tractor',
  parts: [{ contourM: box(4.2, 1.4, 2.6), axleBehindHitchM: 0, hitchForwardM: 0.4 }, { contourM: box(0.9, 11.7, 2.6), axleBehindHitchM: 8, hitchForwardM: 0 }],
  frontM: 4.2, rearM: 11.3, widthM: 2.6, maximumSpeedMps: 8.3, accelerationMps2: 0.7, brakingMps2: 1.5,
};
const SAMPLES = 101;
const STEP_S = 0.1;
const HORIZON_S = 8;
const BODIES = 400;
const BATCH = 200;
const BATCHES = 600;
const random = seededRandom(1);
const shape = createBodyShape(tractor.parts.map((part) => part.contourM));
const search = new ContactSearch();
let sink = 0;

interface Vehicle extends MovingBody { readonly table: ReturnType<typeof buildPoseTable>; readonly startSM: number; readonly progressSM: Float64Array }

/** Vehicles on bent paths through a field of 120 m. */
function vehicle(): Vehicle {
  const xyM = [random() * 120, random() * 120];
  let headingRad = random() * 2 * Math.PI;
  for (let i = 0; i < 240; i += 1) {
    if (i % 40 === 0) headingRad += (random() - 0.5) * 0.2;
    const turnRad = i % 80 < 40 ? 0 : (0.5 / 18) * (i % 160 < 80 ? 1 : -1);
    headingRad += turnRad;
    xyM.push(xyM[2 * i]! + 0.5 * Math.cos(headingRad), xyM[2 * i + 1]! + 0.5 * Math.sin(headingRad));
  }
  const table = buildPoseTable(createPolyline(xyM), tractor);
  return { shape, motion: new PredictedMotion(2, SAMPLES, STEP_S), table, startSM: random() * 60, progressSM: new Float64Array(SAMPLES) };
}

function roll({ table, startSM, progressSM, motion }: Vehicle): void {
  rollOut(startSM, 5, startSM + 45, { fromSM: [0, 50], limitMps: [8.3, 4] }, tractor, STEP_S, progressSM);
  motion.followPath(table, tractor, progressSM);
}

function measure(name: string, once: (i: number) => number): void {
  const nanoseconds: number[] = [];
  for (let batch = -BATCHES / 4; batch < BATCHES; batch += 1) {
    const started = process.cpuUsage();
    for (let i = 0; i < BATCH; i += 1) sink += once((batch + BATCHES) * BATCH + i);
    const { user, system } = process.cpuUsage(started);
    if (batch >= 0) nanoseconds.push(((user + system) * 1e3) / BATCH);
  }
  nanoseconds.sort((a, b) => a - b);
  console.log(`${name}: median ${nanoseconds[BATCHES >> 1]!.toFixed(0)} ns, p99 ${nanoseconds[Math.floor(BATCHES * 0.99)]!.toFixed(0)} ns`);
}

const vehicles = Array.from({ length: BODIES }, vehicle);
vehicles.forEach(roll);
const near: [number, number][] = [];
for (let a = 0; a < BODIES; a += 1) {
  for (let b = a + 1; b < BODIES; b += 1) {
    const m = vehicles[a]!.motion;
    const n = vehicles[b]!.motion;
    if (m.minXM - 24 < n.maxXM && n.minXM - 24 < m.maxXM && m.minYM - 24 < n.maxYM && n.minYM - 24 < m.maxYM && random() < 0.2) near.push([a, b]);
  }
}
const found = near.map(([a, b]) => search.firstContactS(vehicles[a]!, vehicles[b]!, 0, 0.05, 0.2, HORIZON_S));
console.log(`${near.length} pairs of tractors with trailers whose swept boxes meet, ${found.filter((s) => s < Infinity).length} of them touch`);
measure('roll out and place one motion', (i) => {
  const v = vehicles[i % BODIES]!;
  roll(v);
  return v.motion.maxXM;
});
measure('first contact, any near pair', (i) => {
  const [a, b] = near[i % near.length]!;
  return Math.min(HORIZON_S, search.firstContactS(vehicles[a]!, vehicles[b]!, 0, 0.05, 0.2, HORIZON_S));
});
const clear = near.filter((_, i) => found[i] === Infinity);
measure('first contact, pairs that pass clear', (i) => {
  const [a, b] = clear[i % clear.length]!;
  return Math.min(HORIZON_S, search.firstContactS(vehicles[a]!, vehicles[b]!, 0, 0.05, 0.2, HORIZON_S));
});
console.log(`sum ${sink.toFixed(3)}`);
