import { seededRandom } from '@quaymaster/geometry';

/** Normally distributed error of a localisation, without memory from frame to frame. */
export class PositionNoise {
  private readonly random: () => number;

  constructor(readonly sigmaM: number, seed: number) {
    this.random = seededRandom(seed);
  }

  around(pose: { readonly xM: number; readonly yM: number }): { xM: number; yM: number } {
    if (this.sigmaM === 0) return { xM: pose.xM, yM: pose.yM };
    // Box and Muller: two uniform numbers give two independent normal ones.
    const radiusM = this.sigmaM * Math.sqrt(-2 * Math.log(1 - this.random()));
    const angleRad = 2 * Math.PI * this.random();
    return { xM: pose.xM + radiusM * Math.cos(angleRad), yM: pose.yM + radiusM * Math.sin(angleRad) };
  }
}
