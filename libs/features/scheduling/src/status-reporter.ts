import { vehicleStatuses, type VehicleStatus } from '@quaymaster/messages';
import type { MessageBus } from '@quaymaster/ports';
import type { Drive } from './drive/drive';
import type { TrafficControl } from './drive/traffic-control';
import { type FleetPicture, isStanding, type VehicleTrack } from './fleet-picture';
import type { MissionDesk } from './mission/mission-desk';
import type { SiteState } from './site-state';

/** Says of every vehicle what it does and, when it stands, why: nearest cause first. */
export class StatusReporter {
  private readonly published = new Map<string, string>();

  constructor(
    private readonly state: SiteState,
    private readonly picture: FleetPicture,
    private readonly traffic: TrafficControl,
    private readonly missions: MissionDesk,
    private readonly bus: MessageBus,
  ) {}

  /** Publishes what has changed. */
  async publish(nowMs: number): Promise<void> {
    for (const track of this.picture.vehicles) {
      const status = this.status(track, nowMs);
      const print = JSON.stringify({ ...status, atMs: 0 });
      if (this.published.get(track.vehicleId) === print) continue;
      this.published.set(track.vehicleId, print);
      await this.bus.publish(vehicleStatuses, track.vehicleId, status);
    }
  }

  private status(track: VehicleTrack, nowMs: number): VehicleStatus {
    const drive = this.state.drive(track.vehicleId);
    const holds = [...this.state.holdsOf(track.vehicleId)];
    return {
      vehicleId: track.vehicleId, modelId: track.modelId, activity: this.activity(track, drive, holds.length > 0),
      missionId: this.missions.missionOf(track.vehicleId)?.mission.missionId ?? '', incidentId: holds.find((hold) => hold.reason === 'incident')?.owner ?? '',
      routeId: drive?.routeId ?? '', because: this.because(track, drive), holds, atMs: nowMs,
    };
  }

  private activity(track: VehicleTrack, drive: Drive | undefined, held: boolean): VehicleStatus['activity'] {
    if (!track.online) return 'offline';
    const inSlot = this.missions.isInSlot(track);
    if (held && drive?.incidentId !== undefined && drive.incidentId !== '') return 'parking';
    if (held) return inSlot ? 'parked' : 'held';
    if (drive === undefined) return inSlot ? 'idle' : 'waiting';
    if (drive.stops.some((stop) => !stop.done && stop.standingSinceMs !== null)) return 'working';
    return isStanding(track.frame) ? 'waiting' : 'driving';
  }

  private because(track: VehicleTrack, drive: Drive | undefined): string[] {
    const { frame, vehicleId } = track;
    if (!isStanding(frame)) return [];
    const because: string[] = [];
    if (!track.online) because.push('its connection is broken');
    if (frame.stopped) because.push('a controlled stop is in force');
    if (!frame.leaseAlive) because.push('its motion lease is not alive');
    for (const hold of this.state.holdsOf(vehicleId)) because.push(`held (${hold.reason}) by ${hold.owner}`);
    const waits = drive === undefined ? null : this.traffic.waitsFor(vehicleId);
    if (waits !== null && waits.vehicles.length > 0) because.push(`waits for ${waits.vehicles.join(', ')} to clear block ${waits.block}`);
    const stop = drive?.stops.find((s) => !s.done && s.standingSinceMs !== null);
    if (stop !== undefined) because.push(`${stop.kind} at ${stop.place}`);
    if (drive === undefined && because.length === 0) because.push(this.missions.missionOf(vehicleId) === undefined ? 'it has no mission' : 'its mission waits for a plan');
    return because;
  }
}
