import { simpleRing } from '@quaymaster/geometry';
import { createSampledPart, type SampledBody } from '../sampled/sampled-body';
import type { SteppedBody } from './stepped-contacts';

type Pose = readonly [number, number, number];

/** A body for the search, from the description that the oracle works with. */
export function sampledBody({ polygons, samples }: SteppedBody): SampledBody {
  const parts = polygons.map((polygon, p) => {
    const ring = simpleRing(polygon.flat());
    if (ring.kind === 'refused') throw new Error(ring.because);
    return createSampledPart(ring.ring, samples.map(({ poses }) => poses[p]!));
  });
  return { tS: Float64Array.from(samples, ({ tS }) => tS), parts };
}

export const box = (frontM: number, backM: number, widthM: number): [number, number][] => [[frontM, -widthM / 2], [frontM, widthM / 2], [-backM, widthM / 2], [-backM, -widthM / 2]];

/** A body that drives about a place, turning: rigid, of a concave contour, or a tractor with a trailer that swings behind. Uneven samples, some bodies for a part of the time only. */
export function randomBody(random: () => number, xM: number, yM: number): SteppedBody {
  const kind = Math.floor(random() * 3);
  const polygons = kind === 0 ? [box(2 + 5 * random(), 2 + 5 * random(), 1 + 2 * random())]
    : kind === 1 ? [[[6, -1.5], [6, 1.5], [4, 1.5], [4, 0.6], [-4, 0.6], [-4, 1.5], [-6, 1.5], [-6, -1.5]] as [number, number][]]
      : [box(4.2, 1.4, 2.55), box(0.9, 11.7, 2.55)];
  let [x, y, heading] = [xM + 24 * (random() - 0.5), yM + 24 * (random() - 0.5), 2 * Math.PI * random()];
  let trailer = heading + (random() - 0.5);
  let atS = random() < 0.3 ? random() : -random();
  const speedMps = 10 * random();
  const turn = 3 * (random() - 0.5);
  const samples: { tS: number; poses: Pose[] }[] = [];
  for (let n = 0; n < 12; n += 1) {
    const poses: Pose[] = [[x, y, heading]];
    if (polygons.length > 1) poses.push([x + 0.4 * Math.cos(heading), y + 0.4 * Math.sin(heading), trailer]);
    samples.push({ tS: atS, poses });
    const stepS = 0.05 + 0.3 * random();
    atS += stepS;
    x += speedMps * stepS * Math.cos(heading);
    y += speedMps * stepS * Math.sin(heading);
    heading += turn * stepS * (0.5 + random());
    trailer += speedMps / 8 * Math.sin(heading - trailer) * stepS;
  }
  return { polygons, samples };
}
