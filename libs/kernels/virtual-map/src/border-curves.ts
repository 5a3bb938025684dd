import { cubicValue, pieceAt } from './cubic';
import { poseOnReferenceLine } from './reference-line';
import type { Road } from './road-network';
import { bordersAt, type SectionShape } from './section-shape';

/** The borders of a lane section as the file's own curves, unrounded. Keeps its work space, so that evaluating allocates nothing. */
export class BorderCurves {
  private readonly pose = new Float64Array(3);
  private readonly tM: number[] = [];

  constructor(private readonly road: Road, private readonly shape: SectionShape) {}

  /**
   * @param sM arc length along the road [m]
   * @param out receives `[x, y, z]` of each border from left to right [m]
   */
  pointsAt(sM: number, out: Float64Array): void {
    const { road, pose, tM } = this;
    poseOnReferenceLine(road.planView, sM, pose);
    bordersAt(road, this.shape, sM, tM);
    const zM = cubicValue(pieceAt(road.elevation, sM), sM);
    const bankRad = cubicValue(pieceAt(road.superelevation, sM), sM);
    const leftX = -Math.sin(pose[2]!) * Math.cos(bankRad);
    const leftY = Math.cos(pose[2]!) * Math.cos(bankRad);
    const rise = Math.sin(bankRad);
    for (let border = 0; border <= this.shape.lanes.length; border += 1) {
      out[3 * border] = pose[0]! + tM[border]! * leftX;
      out[3 * border + 1] = pose[1]! + tM[border]! * leftY;
      out[3 * border + 2] = zM + tM[border]! * rise;
    }
  }
}
