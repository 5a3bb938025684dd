import { pointInPolygon } from '@quaymaster/geometry';
import type { VehicleModel } from '@quaymaster/motion';
import type { MapLocator, VirtualMap } from '@quaymaster/virtual-map';
import type { Drive } from '../drive/drive';
import type { FleetPicture, VehicleTrack } from '../fleet-picture';
import { contoursOf } from '../planning/vehicle-position';
import type { SiteState } from '../site-state';

/** Where the danger is: around vehicles, in a polygon that somebody drew, or everywhere. */
export interface Danger {
  readonly around: readonly string[];
  /** `[x, y, …]` [m]; empty if the danger is only around vehicles. */
  readonly polygonXyM: readonly number[];
  readonly wholeSite: boolean;
}

/** Decides which vehicles an incident concerns. */
export class IncidentRegion {
  constructor(
    private readonly map: VirtualMap,
    private readonly locator: MapLocator,
    private readonly picture: FleetPicture,
    private readonly state: SiteState,
    private readonly radiusM: number,
  ) {}

  /** Blocks that stay closed while the incident lasts: under the vehicles that cause it, inside the polygon. */
  blocks(danger: Danger): Set<number> {
    const blocks = new Set<number>();
    for (const vehicleId of danger.around) {
      const track = this.picture.get(vehicleId);
      const model = track === undefined ? undefined : this.picture.model(track.modelId);
      if (track !== undefined && model !== undefined) this.addTouched(track, model, blocks);
    }
    if (danger.wholeSite) for (let block = 0; block < this.map.blocks.count; block += 1) blocks.add(block);
    else if (danger.polygonXyM.length > 0) {
      for (let block = 0; block < this.map.blocks.count; block += 1) if (this.isInside(block, danger.polygonXyM)) blocks.add(block);
    }
    return blocks;
  }

  /** Vehicles on the move that are in the region, or whose way leads over one of its closed blocks. */
  members(danger: Danger, closed: ReadonlySet<number>): string[] {
    const centres = danger.around.flatMap((id) => this.picture.get(id) ?? []).map(({ frame }) => frame);
    const members = new Set<string>(danger.around);
    for (const track of this.picture.vehicles) {
      const drive = this.state.drive(track.vehicleId);
      if (drive === undefined || drive.arrived) continue;
      const { xM, yM } = track.frame;
      const near = centres.some((centre) => Math.hypot(centre.xM - xM, centre.yM - yM) <= this.radiusM);
      const inside = danger.wholeSite || (danger.polygonXyM.length > 0 && pointInPolygon(danger.polygonXyM, xM, yM));
      if (near || inside || this.leadsOver(drive, track, closed)) members.add(track.vehicleId);
    }
    return [...members].sort();
  }

  private leadsOver(drive: Drive, track: VehicleTrack, closed: ReadonlySet<number>): boolean {
    const here = track.frame.routeId === drive.routeId ? drive.blocks.indexOf(track.frame.match?.block ?? -1) : 0;
    return drive.blocks.slice(Math.max(0, here)).some((block) => closed.has(block));
  }

  private addTouched(track: VehicleTrack, model: VehicleModel, blocks: Set<number>): void {
    const found = new Int32Array(256);
    for (const contour of contoursOf(track.frame, model)) {
      const count = this.locator.touching(contour, found);
      for (let i = 0; i < count; i += 1) blocks.add(found[i]!);
    }
  }

  private isInside(block: number, polygonXyM: readonly number[]): boolean {
    const { centreOffset, centreXyM } = this.map.blocks;
    for (let i = centreOffset[block]!; i < centreOffset[block + 1]!; i += 1) {
      if (pointInPolygon(polygonXyM, centreXyM[2 * i]!, centreXyM[2 * i + 1]!)) return true;
    }
    return false;
  }
}
