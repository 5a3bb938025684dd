/** One rigid part of a simulated vehicle; the same shape as the registry's vehicle models. */
export interface PartShape {
  readonly contourM: readonly number[];
  readonly axleBehindHitchM: number;
  readonly hitchForwardM: number;
}

/** What a simulated vehicle is built like. */
export interface VehicleKind {
  readonly id: string;
  readonly parts: readonly PartShape[];
  readonly frontM: number;
  readonly rearM: number;
  readonly widthM: number;
  readonly maximumSpeedMps: number;
  readonly accelerationMps2: number;
  readonly brakingMps2: number;
}

function box(frontM: number, rearM: number, widthM: number): number[] {
  const half = widthM / 2;
  return [-rearM, -half, frontM, -half, frontM, half, -rearM, half];
}

/** Tractor with a container semi-trailer, guided at its drive axle; the fifth wheel sits a little ahead of it. */
export const terminalTractor: VehicleKind = {
  id: 'terminal-tractor',
  parts: [
    { contourM: box(4.2, 1.4, 2.6), axleBehindHitchM: 0, hitchForwardM: 0.4 },
    { contourM: box(0.9, 11.7, 2.6), axleBehindHitchM: 8, hitchForwardM: 0 },
  ],
  frontM: 4.2, rearM: 11.3, widthM: 2.6, maximumSpeedMps: 8.3, accelerationMps2: 0.7, brakingMps2: 1.5,
};

/** Automated guided vehicle for one 40-foot container, guided at its centre. */
export const agv: VehicleKind = {
  id: 'agv',
  parts: [{ contourM: box(7.4, 7.4, 3), axleBehindHitchM: 0, hitchForwardM: 0 }],
  frontM: 7.4, rearM: 7.4, widthM: 3, maximumSpeedMps: 8.3, accelerationMps2: 0.7, brakingMps2: 1.5,
};

export const vehicleKinds: readonly VehicleKind[] = [terminalTractor, agv];
