import type { TransferPoint, VirtualMap } from '@quaymaster/virtual-map';
import type { Drive } from '../drive/drive';
import { type FleetPicture, isStanding, type VehicleTrack } from '../fleet-picture';
import type { Target, FleetDescription } from '../planning/fleet-description';
import type { DrivePurpose } from '../planning/install-plan';
import type { JobGoal, JobPlace, PlanningResult } from '../planning/planning-job';
import { offerSlots, type TravelTimes } from '../planning/slot-choice';
import type { SiteState } from '../site-state';
import type { MissionRecord } from './mission-record';

/** Vehicles planned in one job at most, so that the first ones do not wait for the last. */
const BATCH = 8;
const PARK_PRIORITY = 1_000_000;

export interface MissionTargets {
  readonly targets: ReadonlyMap<string, Target>;
  readonly purposes: ReadonlyMap<string, DrivePurpose>;
}

/** Brings missions and vehicles together: the nearest free vehicle gets the next mission; one that stands on a lane with nothing to do is parked. */
export class MissionDesk {
  private readonly places: ReadonlyMap<string, { readonly place: TransferPoint }>;

  constructor(
    private readonly map: VirtualMap,
    private readonly travel: TravelTimes,
    private readonly state: SiteState,
    private readonly picture: FleetPicture,
    private readonly fleet: FleetDescription,
    private readonly dwellS: number,
    private readonly slotChoices: number,
  ) {
    this.places = new Map(map.transferPoints.map((place) => [place.id, { place }]));
  }

  isPlace(id: string): boolean {
    return this.places.has(id);
  }

  /** Free slots: nobody stands in them and nobody is on the way to them. */
  freeSlots(): number[] {
    const taken = new Set<number>();
    for (const drive of this.state.drives) taken.add(drive.slot);
    for (const { frame } of this.picture.vehicles) {
      if (frame.match !== null) taken.add(this.map.slots.findIndex((slot) => slot.block === frame.match?.block));
    }
    return this.map.slots.map((_, index) => index).filter((index) => !taken.has(index));
  }

  /** What the next planning job shall find, null when there is nothing to do. */
  next(isUsable: (track: VehicleTrack) => boolean, blockedBlocks: ReadonlySet<number>): MissionTargets | null {
    const usable = new Map<string, { track: VehicleTrack; block: number }>();
    for (const track of this.picture.vehicles) {
      if (this.state.drive(track.vehicleId) !== undefined && !this.isInterrupted(track.vehicleId)) continue;
      if (!isUsable(track) || !isStanding(track.frame)) continue;
      const position = this.fleet.position(track);
      if (position.kind === 'on-route') usable.set(track.vehicleId, { track, block: position.on.blocks[position.on.blocks.length - 1]! });
    }
    const chosen: { vehicleId: string; via: readonly JobPlace[]; from: number; priority: number; missionId: string }[] = [];
    for (const { mission, pickedUp } of this.waiting()) {
      if (chosen.length >= BATCH) break;
      const via = this.via(mission.pickup, mission.dropoff, pickedUp);
      if (via.some(({ block }) => blockedBlocks.has(block))) continue;
      const vehicleId = mission.vehicleId !== '' ? mission.vehicleId : this.nearest(usable, via[0]!.block);
      if (vehicleId === null || !usable.delete(vehicleId)) continue;
      chosen.push({ vehicleId, via, from: via[via.length - 1]!.block, priority: chosen.length, missionId: mission.missionId });
    }
    for (const [vehicleId, { track, block }] of usable) {
      if (chosen.length >= BATCH) break;
      if (this.isInSlot(track) || this.hasMission(vehicleId)) continue;
      chosen.push({ vehicleId, via: [], from: block, priority: PARK_PRIORITY, missionId: '' });
    }
    if (chosen.length === 0) return null;
    const offers = offerSlots(this.map, this.travel, chosen.map((c) => c.from), this.freeSlots(), Math.min(3, this.slotChoices));
    return {
      targets: new Map(chosen.map((c, i) => [c.vehicleId, { priority: c.priority, goals: offers[i]!.map((slot): JobGoal => ({ via: c.via, slot })) }])),
      purposes: new Map(chosen.map((c) => [c.vehicleId, { purpose: c.missionId === '' ? 'park' as const : 'mission' as const, missionId: c.missionId, incidentId: '' }])),
    };
  }

  /** Books the outcome of a job. */
  apply(result: PlanningResult, targets: MissionTargets, drives: readonly Drive[], nowMs: number): void {
    for (const drive of drives) {
      if (drive.missionId !== '') this.state.changeMission(drive.missionId, { state: 'assigned', vehicleId: drive.vehicleId, because: '' }, nowMs);
    }
    for (const { id, because } of result.notPlanned) {
      const missionId = targets.purposes.get(id)?.missionId ?? '';
      if (missionId !== '') this.state.changeMission(missionId, { because: `${id} finds no way: ${because}` }, nowMs);
    }
  }

  stopDone(drive: Drive, kind: 'pickup' | 'dropoff', nowMs: number): void {
    if (drive.missionId === '') return;
    // Work goes on under a hold, and the mission stays interrupted until it is planned anew.
    const isInterrupted = this.state.mission(drive.missionId)?.mission.state === 'interrupted';
    if (kind === 'pickup') this.state.changeMission(drive.missionId, isInterrupted ? {} : { state: 'running' }, nowMs, true);
    else this.state.changeMission(drive.missionId, { state: 'finished' }, nowMs);
  }

  /** The mission of a vehicle that an incident takes off its way, '' if it had none. */
  interrupt(vehicleId: string, because: string, nowMs: number): string {
    const record = this.missionOf(vehicleId);
    if (record === undefined) return '';
    this.state.changeMission(record.mission.missionId, { state: 'interrupted', because }, nowMs);
    return record.mission.missionId;
  }

  missionOf(vehicleId: string): MissionRecord | undefined {
    return [...this.state.missions].find(({ mission }) => mission.vehicleId === vehicleId && !['finished', 'failed', 'cancelled'].includes(mission.state));
  }

  isInSlot(track: VehicleTrack): boolean {
    const block = track.frame.match?.block;
    return block !== undefined && this.map.slots.some((slot) => slot.block === block);
  }

  private hasMission(vehicleId: string): boolean {
    return this.missionOf(vehicleId) !== undefined;
  }

  /** Its drive was cut short and only waits to be replaced. */
  private isInterrupted(vehicleId: string): boolean {
    const drive = this.state.drive(vehicleId);
    return drive !== undefined && this.missionOf(vehicleId)?.mission.state === 'interrupted';
  }

  /** Interrupted, or its drive has ended before it: either way nobody works on it. */
  private isWithoutDrive({ mission }: MissionRecord): boolean {
    return mission.state === 'interrupted' || (['assigned', 'running'].includes(mission.state) && this.state.drive(mission.vehicleId) === undefined);
  }

  private waiting(): MissionRecord[] {
    return [...this.state.missions]
      .filter((record) => record.mission.state === 'waiting' || this.isWithoutDrive(record))
      .sort((a, b) => rank(a) - rank(b) || a.mission.priority - b.mission.priority || a.mission.createdAtMs - b.mission.createdAtMs
        || (a.mission.missionId < b.mission.missionId ? -1 : 1));
  }

  private nearest(usable: ReadonlyMap<string, { track: VehicleTrack; block: number }>, toBlock: number): string | null {
    let best: string | null = null;
    let bestS = Infinity;
    for (const [vehicleId, { track, block }] of usable) {
      if (!this.isInSlot(track) || this.hasMission(vehicleId)) continue;
      const timeS = this.travel.betweenS(block, toBlock);
      if (timeS < bestS || (timeS === bestS && best !== null && vehicleId < best)) {
        best = vehicleId;
        bestS = timeS;
      }
    }
    return best;
  }

  private via(pickup: string, dropoff: string, pickedUp: boolean): readonly JobPlace[] {
    const stops: JobPlace[] = [];
    if (!pickedUp) stops.push(this.place(pickup, 'pickup'));
    stops.push(this.place(dropoff, 'dropoff'));
    return stops;
  }

  private place(id: string, kind: 'pickup' | 'dropoff'): JobPlace {
    const found = this.places.get(id);
    if (found === undefined) throw new RangeError(`transfer point ${id} is not on the map`);
    return { block: found.place.block, frontSM: found.place.stopSM, dwellS: this.dwellS, kind, place: id };
  }
}

/** Interrupted missions go first: their load is on the road. */
function rank(record: MissionRecord): number {
  return record.mission.vehicleId !== '' ? 0 : 1;
}
