/** Abscissae and weights of the eight-point Gauss-Legendre rule on [-1, 1], positive half. */
const ABSCISSAE = [0.18343464249564980, 0.52553240991632899, 0.79666647741362674, 0.96028985649753623] as const;
const WEIGHTS = [0.36268378337836198, 0.31370664587788729, 0.22238103445337447, 0.10122853629037626] as const;

/** Turn per panel of the quadrature [rad]: at 1 rad the rule's error is below 1e-15 of the panel's length. */
const PANEL_RAD = 1;
/** A curve that turns more often than this is no road; its panels then grow instead of their number. */
const MOST_PANELS = 4096;

/**
 * End point of a clothoid that starts at the origin along +x.
 *
 * Composite Gauss-Legendre quadrature of (cos, sin) of the heading `startPerM s + sharpnessPerM2 s² / 2`. Within 1e-6 m at 500 m
 * (`clothoid.spec.ts` measures it against the power series of the Fresnel integrals).
 *
 * @param startPerM curvature at the start [1/m]
 * @param sharpnessPerM2 change of curvature by arc length [1/m²]
 * @param lengthM arc length, of either sign [m]
 * @param out receives x [m], y [m] at indices 0 and 1
 */
export function clothoidEnd(startPerM: number, sharpnessPerM2: number, lengthM: number, out: Float64Array): void {
  const turnRad = Math.abs(startPerM * lengthM) + Math.abs(sharpnessPerM2) * lengthM * lengthM / 2;
  const panels = Math.min(MOST_PANELS, Math.max(1, Math.ceil(turnRad / PANEL_RAD)));
  const half = lengthM / panels / 2;
  let x = 0;
  let y = 0;
  for (let panel = 0; panel < panels; panel += 1) {
    const middle = (2 * panel + 1) * half;
    for (let i = 0; i < 4; i += 1) {
      const offset = half * ABSCISSAE[i]!;
      const before = middle - offset;
      const after = middle + offset;
      const beforeRad = before * (startPerM + sharpnessPerM2 * before / 2);
      const afterRad = after * (startPerM + sharpnessPerM2 * after / 2);
      x += WEIGHTS[i]! * (Math.cos(beforeRad) + Math.cos(afterRad));
      y += WEIGHTS[i]! * (Math.sin(beforeRad) + Math.sin(afterRad));
    }
  }
  out[0] = x * half;
  out[1] = y * half;
}
