import type { Cubic, PlanGeometry, Road, RoadLane, RoadNetwork } from '@quaymaster/virtual-map';

/**
 * Roads evaluated plainly and slowly, without the map compiler's code, to judge what that code says. Metres and radians; s along the reference line, t to its
 * left.
 */

export interface CurvePoint {
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
  /** Way and turn per metre of s. */
  readonly speed: number;
  readonly turnRadPerM: number;
}

/** Lateral positions between which a lane lies. */
export interface LaneBand {
  readonly lane: RoadLane;
  readonly leftTM: number;
  readonly rightTM: number;
}

export function pointOnReferenceLine(road: Road, sM: number): CurvePoint {
  const piece = road.planView.filter((one) => one.sM <= sM).at(-1) ?? road.planView[0]!;
  return pointOnPiece(piece, sM - piece.sM);
}

function pointOnPiece(piece: PlanGeometry, dsM: number): CurvePoint {
  const placed = (u: number, v: number, turnRad: number, speed: number, turnRadPerM: number): CurvePoint => ({
    xM: piece.xM + u * Math.cos(piece.headingRad) - v * Math.sin(piece.headingRad), yM: piece.yM + u * Math.sin(piece.headingRad) + v * Math.cos(piece.headingRad),
    headingRad: piece.headingRad + turnRad, speed, turnRadPerM,
  });
  switch (piece.kind) {
    case 'line': return placed(dsM, 0, 0, 1, 0);
    case 'arc': {
      const { curvaturePerM: k } = piece;
      return k === 0 ? placed(dsM, 0, 0, 1, 0) : placed(Math.sin(k * dsM) / k, (1 - Math.cos(k * dsM)) / k, k * dsM, 1, k);
    }
    case 'spiral': {
      const slope = (piece.endPerM - piece.startPerM) / piece.lengthM;
      const turnAt = (s: number): number => piece.startPerM * s + slope * s * s / 2;
      const steps = 200 + Math.ceil(20 * Math.abs(turnAt(dsM)));
      return placed(simpson((s) => Math.cos(turnAt(s)), 0, dsM, steps), simpson((s) => Math.sin(turnAt(s)), 0, dsM, steps), turnAt(dsM), 1, piece.startPerM + slope * dsM);
    }
    case 'poly3': {
      const { a, b, c, d } = piece;
      const slope = (u: number): number => b + 2 * c * u + 3 * d * u * u;
      let [low, high] = [0, dsM];
      for (let round = 0; round < 60; round += 1) {
        const middle = (low + high) / 2;
        if (simpson((u) => Math.hypot(1, slope(u)), 0, middle, 200) < dsM) low = middle;
        else high = middle;
      }
      return placed(low, a + b * low + c * low ** 2 + d * low ** 3, Math.atan(slope(low)), 1, (2 * c + 6 * d * low) / Math.hypot(1, slope(low)) ** 3);
    }
    case 'paramPoly3': {
      const perM = piece.normalized ? 1 / piece.lengthM : 1;
      const p = dsM * perM;
      const [u, v] = [piece.u, piece.v].map(([a, b, c, d]) => [a + b * p + c * p ** 2 + d * p ** 3, b + 2 * c * p + 3 * d * p ** 2, 2 * c + 6 * d * p] as const) as [readonly [number, number, number], readonly [number, number, number]];
      const speed = Math.hypot(u[1], v[1]);
      return placed(u[0], v[0], Math.atan2(v[1], u[1]), speed * perM, (u[1] * v[2] - v[1] * u[2]) / (speed * speed) * perM);
    }
  }
}

function simpson(f: (at: number) => number, from: number, to: number, steps: number): number {
  const h = (to - from) / steps;
  let sum = 0;
  for (let i = 0; i < steps; i += 1) sum += f(from + i * h) + 4 * f(from + (i + 0.5) * h) + f(from + (i + 1) * h);
  return sum * h / 6;
}

export function valueOf(cubics: readonly Cubic[], sM: number): number {
  const cubic = cubics.filter((one) => one.sM <= sM).at(-1) ?? cubics[0];
  if (cubic === undefined) return 0;
  const ds = sM - cubic.sM;
  return cubic.a + cubic.b * ds + cubic.c * ds ** 2 + cubic.d * ds ** 3;
}

/** The lanes of a section at an arc length of the road, in its banked plane. */
export function bandsAt(road: Road, sectionIndex: number, sM: number): LaneBand[] {
  const section = road.sections[sectionIndex]!;
  const dsM = sM - section.sM;
  const offsetM = valueOf(road.laneOffset, sM);
  return ([1, -1] as const).flatMap((side) => {
    let innerM = offsetM;
    return section.lanes.filter(({ id }) => id * side > 0).sort((a, b) => side * (a.id - b.id)).map((lane) => {
      const outerM = lane.borders.length > 0 ? side * Math.max(side * innerM, side * (offsetM + valueOf(lane.borders, dsM))) : innerM + side * Math.max(0, valueOf(lane.widths, dsM));
      const band = side > 0 ? { lane, leftTM: outerM, rightTM: innerM } : { lane, leftTM: innerM, rightTM: outerM };
      innerM = outerM;
      return band;
    });
  });
}

/** Areas of all lanes of a network seen from above, integrated along the roads; where lanes overlap each counts [m²]. */
export function integratedAreaM2(network: RoadNetwork, isCounted: (lane: RoadLane) => boolean): number {
  let areaM2 = 0;
  for (const road of network.roads) {
    road.sections.forEach((section, index) => {
      const endM = Math.min(road.sections[index + 1]?.sM ?? Infinity, road.lengthM);
      const pieces = [...road.planView, ...road.laneOffset, ...road.superelevation].map(({ sM }) => sM);
      const cubics = section.lanes.flatMap((lane) => [...lane.widths, ...lane.borders]).map(({ sM }) => section.sM + sM);
      const cuts = [...new Set([section.sM, endM, ...pieces, ...cubics])].filter((sM) => sM >= section.sM && sM <= endM).sort((a, b) => a - b);
      for (let i = 0; i + 1 < cuts.length; i += 1) areaM2 += stretchAreaM2(road, index, cuts[i]!, cuts[i + 1]!, isCounted);
    });
  }
  return areaM2;
}

/** Midpoint rule: it never asks at an end, where the next piece begins. */
function stretchAreaM2(road: Road, sectionIndex: number, fromM: number, toM: number, isCounted: (lane: RoadLane) => boolean): number {
  const steps = Math.max(8, Math.ceil((toM - fromM) / 0.4));
  const stepM = (toM - fromM) / steps;
  let areaM2 = 0;
  for (let i = 0; i < steps; i += 1) {
    const sM = fromM + (i + 0.5) * stepM;
    const { speed, turnRadPerM } = pointOnReferenceLine(road, sM);
    const flat = Math.cos(valueOf(road.superelevation, sM));
    for (const { lane, leftTM, rightTM } of bandsAt(road, sectionIndex, sM)) {
      if (!isCounted(lane) || leftTM <= rightTM) continue;
      // A strip dt wide at t is longer or shorter than the reference line by the turn times t.
      areaM2 += stepM * ((leftTM - rightTM) * flat * speed - turnRadPerM * (leftTM ** 2 - rightTM ** 2) * flat ** 2 / 2);
    }
  }
  return areaM2;
}
