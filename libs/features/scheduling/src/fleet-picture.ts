import type { VehicleModel } from '@quaymaster/motion';
import type { Connection, Frame } from '@quaymaster/messages';

const STANDSTILL_MPS = 0.05;

/** The newest that is known of one vehicle. */
export interface VehicleTrack {
  readonly vehicleId: string;
  readonly modelId: string;
  frame: Frame;
  online: boolean;
}

/** Latest report of every vehicle, ordered by (bootId, sequence). */
export class FleetPicture {
  readonly models = new Map<string, VehicleModel>();
  private readonly tracks = new Map<string, VehicleTrack>();

  get vehicles(): Iterable<VehicleTrack> {
    return this.tracks.values();
  }

  get(vehicleId: string): VehicleTrack | undefined {
    return this.tracks.get(vehicleId);
  }

  /** False when the frame is older than the one that is known. */
  report(frame: Frame): boolean {
    const track = this.tracks.get(frame.vehicleId);
    if (track === undefined) {
      this.tracks.set(frame.vehicleId, { vehicleId: frame.vehicleId, modelId: frame.modelId, frame, online: true });
      return true;
    }
    const known = track.frame;
    if (frame.bootId < known.bootId || (frame.bootId === known.bootId && frame.sequence <= known.sequence)) return false;
    track.frame = frame;
    track.online = true;
    return true;
  }

  connect(connection: Connection): void {
    const track = this.tracks.get(connection.vehicleId);
    // The last will of a computer that has been started anew meanwhile says nothing about it.
    if (track !== undefined && connection.bootId >= track.frame.bootId) track.online = connection.state === 'ONLINE';
  }

  model(modelId: string): VehicleModel | undefined {
    return this.models.get(modelId);
  }
}

export function isStanding(frame: Frame): boolean {
  return Math.abs(frame.speedMps) < STANDSTILL_MPS;
}
