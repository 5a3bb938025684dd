import { polygonAreaM2, transformPolygon } from '@quaymaster/geometry';
import type { Frame } from '@quaymaster/messages';
import type { VehicleModel } from '@quaymaster/motion';
import { createLocator, type MapLocator, type VirtualMap } from '@quaymaster/virtual-map';

/** What the map says about the ground under a vehicle. */
export class Ground {
  private readonly locator: MapLocator;
  private contour = new Float64Array(0);

  constructor(private readonly map: VirtualMap) {
    this.locator = createLocator(map);
  }

  /** Share of the whole body's area that is on the drivable surface. */
  surfaceShareRatio(frame: Frame, model: VehicleModel): number {
    let { xM, yM, headingRad } = frame;
    let onM2 = 0;
    let allM2 = 0;
    model.parts.forEach((part, p) => {
      if (p > 0) {
        const { hitchForwardM } = model.parts[p - 1]!;
        xM += hitchForwardM * Math.cos(headingRad);
        yM += hitchForwardM * Math.sin(headingRad);
        headingRad += frame.hitchAnglesRad[p - 1] ?? 0;
      }
      if (this.contour.length !== part.contourM.length) this.contour = new Float64Array(part.contourM.length);
      transformPolygon(part.contourM, xM, yM, headingRad, this.contour);
      const areaM2 = polygonAreaM2(this.contour);
      allM2 += areaM2;
      onM2 += areaM2 * this.locator.surfaceShareRatio(this.contour);
    });
    return onM2 / allM2;
  }

  /** True when the middle of the vehicle's length is in a parking or charging slot. */
  isInSlot(frame: Frame, model: VehicleModel): boolean {
    const middleM = (model.frontM - model.rearM) / 2;
    const xM = frame.xM + middleM * Math.cos(frame.headingRad);
    const yM = frame.yM + middleM * Math.sin(frame.headingRad);
    return this.map.slots.some((slot) => {
      const dx = xM - slot.xM;
      const dy = yM - slot.yM;
      const alongM = dx * Math.cos(slot.headingRad) + dy * Math.sin(slot.headingRad);
      const acrossM = dy * Math.cos(slot.headingRad) - dx * Math.sin(slot.headingRad);
      return Math.abs(alongM) <= slot.lengthM / 2 && Math.abs(acrossM) <= slot.widthM / 2;
    });
  }

  /** Legal speed where the vehicle is, Infinity on no lane. */
  limitMps(frame: Frame): number {
    return frame.match === null ? Infinity : (this.map.blocks.speedLimitMps[frame.match.block] ?? Infinity);
  }
}
