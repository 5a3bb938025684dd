import type { Polyline } from './polyline';

/**
 * The part of a curve from its start to the given arc length [m], with a point exactly there.
 *
 * @param endSM in (0, length of the curve]; beyond the end the curve itself comes back.
 * @throws RangeError when nothing would be left.
 */
export function cutPolyline(line: Polyline, endSM: number): Polyline {
  const last = line.sM.length - 1;
  if (!(endSM > 0)) throw new RangeError(`a curve cannot be cut at ${endSM} m: only 0 < s <= ${line.sM[last]!} m leaves something`);
  if (endSM >= line.sM[last]!) return line;
  let kept = 1;
  while (line.sM[kept]! < endSM) kept += 1;
  const from = kept - 1;
  const ratio = (endSM - line.sM[from]!) / (line.sM[kept]! - line.sM[from]!);
  const xyM = new Float64Array((kept + 1) * 2);
  xyM.set(line.xyM.subarray(0, kept * 2));
  for (let axis = 0; axis < 2; axis += 1) {
    const a = line.xyM[from * 2 + axis]!;
    xyM[kept * 2 + axis] = a + ratio * (line.xyM[kept * 2 + axis]! - a);
  }
  const sM = new Float64Array(kept + 1);
  sM.set(line.sM.subarray(0, kept));
  sM[kept] = endSM;
  const headingRad = new Float64Array(kept + 1);
  headingRad.set(line.headingRad.subarray(0, kept));
  headingRad[kept] = line.headingRad[from]!;
  return { xyM, sM, headingRad };
}
