import type { VehicleModel } from '@quaymaster/motion';

const box = (frontM: number, backM: number, widthM: number): readonly number[] => [frontM, -widthM / 2, frontM, widthM / 2, -backM, widthM / 2, -backM, -widthM / 2];

/**
 * The longest articulated vehicle of European roads: 16.5 m by 2.55 m, 12 m from the king pin to the rear, no point of its front further than 2.04 m from the
 * king pin. Source: Council Directive 96/53/EC, annex I, 1.1, 1.2, 4.4.
 */
export const semitrailer: VehicleModel = {
  id: 'semitrailer',
  parts: [
    { contourM: box(5.1, 1, 2.55), axleBehindHitchM: 0, hitchForwardM: 0.6 },
    { contourM: box(1.59, 12, 2.55), axleBehindHitchM: 7.7, hitchForwardM: 0 },
  ],
  frontM: 5.1, rearM: 11.4, widthM: 2.55, maximumSpeedMps: 25, accelerationMps2: 0.7, brakingMps2: 1.5,
};
