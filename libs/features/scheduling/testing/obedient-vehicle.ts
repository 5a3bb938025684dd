import { createPolyline, type Polyline, poseOnPolyline } from '@quaymaster/geometry';
import type { Command, Frame, StopRequest, VehicleModelMessage } from '@quaymaster/messages';
import { createLocator, type MapLocator, type VirtualMap } from '@quaymaster/virtual-map';
import { frame } from './site-records';

/** An AGV of 14.8 m by 3 m, guided at its centre. */
export const agv: VehicleModelMessage = {
  id: 'agv', parts: [{ contourM: [-7.4, -1.5, 7.4, -1.5, 7.4, 1.5, -7.4, 1.5], axleBehindHitchM: 0, hitchForwardM: 0 }],
  frontM: 7.4, rearM: 7.4, widthM: 3, maximumSpeedMps: 8.3, accelerationMps2: 0.7, brakingMps2: 1.5,
};

/** A vehicle that takes over every command at once but stands where the test has put it: what it is told is seen in its reports. */
export class ObedientVehicle {
  routeId = '';
  releasedToSM = 0;
  stopped = false;
  private routeSM = 0;
  private path: Polyline | null = null;
  private sequence = 0;
  private readonly locator: MapLocator;

  constructor(readonly id: string, private readonly map: VirtualMap, private readonly slot: number) {
    this.locator = createLocator(map);
  }

  obey(command: Command): void {
    const { params } = command;
    switch (params.kind) {
      case 'stop': this.stopped = true; return;
      case 'resume': this.stopped = false; return;
      case 'route':
        this.routeId = params.routeId;
        this.routeSM = params.startSM;
        this.path = createPolyline(params.pathXyM);
        this.releasedToSM = params.startSM;
        return;
      case 'release': if (params.routeId === this.routeId) this.releasedToSM = params.releasedToSM;
    }
  }

  /** Stands from now on at this arc length of its route [m]. */
  advanceTo(routeSM: number): void {
    this.routeSM = routeSM;
  }

  heed(request: StopRequest): void {
    if (request.vehicleIds.includes(this.id)) this.stopped = true;
  }

  report(nowMs: number): Frame {
    this.sequence += 1;
    const { xM, yM, headingRad } = this.pose();
    const at = this.locator.locateHeading(xM, yM, headingRad);
    return frame(this.id, {
      sequence: this.sequence, observedAtMs: nowMs, receivedAtMs: nowMs, xM, yM, headingRad, routeId: this.routeId, routeSM: this.routeSM, releasedToSM: this.releasedToSM,
      stopped: this.stopped, match: at === null ? null : { block: at.block, sM: at.sM, tM: at.tM },
    });
  }

  /** Where its guided point is, site frame. */
  pose(): { xM: number; yM: number; headingRad: number } {
    if (this.path === null) return this.map.slots[this.slot]!;
    const pose = new Float64Array(4);
    poseOnPolyline(this.path, this.routeSM, pose);
    return { xM: pose[0]!, yM: pose[1]!, headingRad: pose[2]! };
  }
}
