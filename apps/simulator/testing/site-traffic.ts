import { seededRandom } from '@quaymaster/geometry';
import { BlockFlag, routeAlong, routeBetween, speedLimitsAlong, type VirtualMap } from '@quaymaster/virtual-map';
import { DriveTrain } from '../src/drive-train';
import { drawFleet, parkedPose } from '../src/fleet-draw';
import { GuidePath } from '../src/guide-path';
import type { Actor } from '../src/scenarios/scenario';

interface Trip { blocks: readonly number[]; blockStartSM: Float64Array; held: number; from: number }

/** Ahead of its braking distance a vehicle asks for this much road [m]. */
const ASK_M = 30;
const TAIL_M = 2;

/**
 * Vehicles on a map under a first-come reservation of blocks, for tests of what watches them: no two vehicles ever hold blocks that overlap, and
 * nobody is released into blocks that must be kept clear unless there is room beyond.
 */
export class SiteTraffic {
  readonly vehicles: Actor[] = [];
  private readonly trips = new Map<Actor, Trip>();
  private readonly owner = new Map<number, Actor>();
  private readonly random: () => number;
  private serial = 0;

  constructor(readonly map: VirtualMap, count: number, seed: number) {
    this.random = seededRandom(seed);
    for (const own of drawFleet(map, { count, seed })) {
      const { kind, pose } = parkedPose(map, own);
      const train = new DriveTrain(kind, pose.xM, pose.yM, pose.headingRad);
      train.leaseAlive = true;
      const actor = { vehicleId: own.vehicleId, train };
      this.vehicles.push(actor);
      const { block } = map.slots.find((slot) => slot.id === own.slotId)!;
      this.owner.set(block, actor);
      this.begin(actor, block);
    }
  }

  step(stepS: number): void {
    for (const actor of this.vehicles) this.control(actor);
    for (const { train } of this.vehicles) train.step(stepS);
  }

  private begin(actor: Actor, fromBlock: number): void {
    const taken = new Set([...this.trips.values()].map((trip) => trip.blocks[trip.blocks.length - 1]));
    const free = this.map.slots.filter((slot) => !taken.has(slot.block) && !this.owner.has(slot.block) && slot.block !== fromBlock);
    const points = this.map.transferPoints;
    const via = points[Math.floor(this.random() * points.length)]!.block;
    const goal = free[Math.floor(this.random() * free.length)]!.block;
    const toVia = routeBetween(this.map, fromBlock, via, { blocked: new Set() });
    const toGoal = routeBetween(this.map, via, goal, { blocked: new Set() });
    if (toVia === null || toGoal === null) throw new Error(`no way from block ${fromBlock} over ${via} to ${goal}`);
    const blocks = [...toVia, ...toGoal.slice(1)];
    const route = routeAlong(this.map, Int32Array.from(blocks));
    const limits = speedLimitsAlong(this.map, route);
    this.serial += 1;
    const path = new GuidePath(`trip-${this.serial}`, [...route.path.xyM], [...limits.fromSM], [...limits.limitMps]);
    const own = actor.train.body.poses[0]!;
    actor.train.follow(path, path.project(own.xM, own.yM, 0, Math.min(path.lengthM, 60)).sM);
    this.trips.set(actor, { blocks, blockStartSM: route.blockStartSM, held: 1, from: 0 });
  }

  private control(actor: Actor): void {
    const { train } = actor;
    const trip = this.trips.get(actor)!;
    const { kind } = train;
    while (trip.from < trip.held - 1 && trip.blockStartSM[trip.from + 1]! < train.sM - kind.rearM - TAIL_M) {
      this.owner.delete(trip.blocks[trip.from]!);
      trip.from += 1;
    }
    const wantedSM = train.sM + kind.frontM + train.speedMps ** 2 / (2 * kind.brakingMps2) + ASK_M;
    while (trip.held < trip.blocks.length && trip.blockStartSM[trip.held]! < wantedSM) {
      const until = this.nextHold(trip);
      const wanted = trip.blocks.slice(trip.held, until);
      if (!wanted.every((block) => this.isFree(block, actor))) break;
      for (const block of wanted) this.owner.set(block, actor);
      trip.held = until;
    }
    const endSM = trip.held === trip.blocks.length ? train.path!.lengthM : trip.blockStartSM[trip.held]! - kind.frontM - 0.3;
    train.releasedToSM = Math.max(train.releasedToSM, endSM);
    if (trip.held === trip.blocks.length && train.standsStill && train.sM > train.path!.lengthM - 1) this.begin(actor, trip.blocks[trip.blocks.length - 1]!);
  }

  /** Reservations end where a vehicle may stand: not in front of nothing, and never within blocks to be kept clear. */
  private nextHold(trip: Trip): number {
    const { flags } = this.map.blocks;
    let until = trip.held + 1;
    while (until < trip.blocks.length && ((flags[trip.blocks[until - 1]!]! | flags[trip.blocks[until]!]!) & (BlockFlag.keepClear | BlockFlag.junction)) !== 0
      && (flags[trip.blocks[until - 1]!]! & BlockFlag.holdPoint) === 0) until += 1;
    return until;
  }

  private isFree(block: number, actor: Actor): boolean {
    const { overlapOffset, overlaps } = this.map.blocks;
    const mine = (other: number): boolean => (this.owner.get(other) ?? actor) === actor;
    return mine(block) && overlaps.subarray(overlapOffset[block], overlapOffset[block + 1]).every(mine);
  }
}
