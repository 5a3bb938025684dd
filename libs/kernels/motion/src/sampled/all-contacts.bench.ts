import { seededRandom, simpleRing } from '@quaymaster/geometry';
import { findContacts } from './all-contacts';
import { createSampledPart, type SampledBody } from './sampled-body';

/**
 * First contacts of all pairs over 8 s, half of the bodies tractors with trailers, 81 samples each, on a square whose area grows with their number. Sparse: about
 * one body on 2,000 m²; dense: on 500 m².
 */
const SEED = 1;
const SAMPLES = 81;

const box = (frontM: number, backM: number, widthM: number): Float64Array => {
  const ring = simpleRing([frontM, -widthM / 2, frontM, widthM / 2, -backM, widthM / 2, -backM, -widthM / 2]);
  if (ring.kind === 'refused') throw new Error(ring.because);
  return ring.ring;
};

function bodiesOf(count: number, areaM2: number): SampledBody[] {
  const random = seededRandom(SEED);
  const sideM = Math.sqrt(count * areaM2);
  const tS = Float64Array.from({ length: SAMPLES }, (_, i) => i * 0.1);
  return Array.from({ length: count }, (_, n) => {
    let [x, y, heading] = [random() * sideM, random() * sideM, 2 * Math.PI * random()];
    let trailer = heading;
    const [speedMps, turn] = [8 * random(), 0.4 * (random() - 0.5)];
    const front: [number, number, number][] = [];
    const rear: [number, number, number][] = [];
    for (let i = 0; i < SAMPLES; i += 1) {
      front.push([x, y, heading]);
      rear.push([x + 0.4 * Math.cos(heading), y + 0.4 * Math.sin(heading), trailer]);
      trailer += speedMps * 0.1 / 8 * Math.sin(heading - trailer);
      x += speedMps * 0.1 * Math.cos(heading);
      y += speedMps * 0.1 * Math.sin(heading);
      heading += turn * 0.1;
    }
    const parts = n % 2 === 0 ? [createSampledPart(box(4.2, 1.4, 2.55), front), createSampledPart(box(0.9, 11.7, 2.55), rear)] : [createSampledPart(box(6, 6, 2.5), front)];
    return { tS, parts };
  });
}

console.log(`seed ${SEED}; median / 99th percentile`);
for (const [name, areaM2] of [['sparse', 2000], ['dense', 500]] as const) {
  for (const count of [100, 1000, 5000, 20_000]) {
    const bodies = bodiesOf(count, areaM2);
    const rounds = Math.max(5, Math.round(20_000 / count));
    const timesMs: number[] = [];
    let found = { contacts: [] as readonly unknown[], pairsChecked: 0 };
    for (let round = -3; round < Math.min(rounds, 60); round += 1) {
      const beganMs = performance.now();
      found = findContacts(bodies, 0, 8);
      if (round >= 0) timesMs.push(performance.now() - beganMs);
    }
    timesMs.sort((a, b) => a - b);
    const [medianMs, p99Ms] = [timesMs[timesMs.length >> 1]!, timesMs[Math.floor(timesMs.length * 0.99)]!];
    console.log(`${name} ${count} bodies: ${medianMs.toFixed(1)} / ${p99Ms.toFixed(1)} ms, ${found.contacts.length} contacts, ${found.pairsChecked} pairs looked at, ${(1000 * medianMs / found.pairsChecked).toFixed(1)} us each`);
  }
}
