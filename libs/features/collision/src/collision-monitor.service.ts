import { Injectable, Logger } from '@nestjs/common';
import type { Conflict, Connection, Deviation, Frame, Heartbeat, RunningPlan, VehicleModelMessage } from '@quaymaster/messages';
import { createBodyShape, type MovingBody, type VehicleModel } from '@quaymaster/motion';
import { Peers } from '@quaymaster/nest-platform';
import { type Cancel, Clock } from '@quaymaster/ports';
import { AlarmLine } from './alarm-line.service';
import { AlarmShare } from './alarm-share';
import { CollisionConfig } from './collision.config';
import { CollisionCounters } from './collision-counters';
import { ConflictBook } from './conflict-book';
import { DeviationBook } from './deviation-book';
import { DeviationRules, type Finding } from './deviation-rules';
import { Ground } from './ground';
import { MotionForecast } from './motion-forecast';
import { ObjectBodies, type SeenObject } from './object-bodies';
import { PairCheck, type PairSide } from './pair-check';
import { PlanLibrary } from './plan-library';
import { reachBox } from './reach';
import { SilenceWatch } from './silence-watch';
import { SweptBoxes } from './swept-boxes';
import { Territory } from './territory';
import { SAMPLE_S, samplesFor, VehicleTrack } from './vehicle-track';

const TICK_MS = 100;
/** A vehicle that no frame has had checked for so long is checked by the tick. */
const UNCHECKED_MS = 200;
/**
 * Who has come late knows nothing of vehicles that are silent since before. One that has been silent for so long is therefore the business of everybody who knows
 * it, wherever it is: the tick checks it against its neighbours.
 */
const SILENT_MS = 1000;
/** Between two ticks this late it was not the vehicles that were silent but this process that was not listening. */
const STALL_MS = 500;
/** The point of a contact may lie so far beside what two swept boxes have in common: doubt widens bodies, not boxes [m]. */
const POINT_SLACK_M = 2;

/** A vehicle with what the search needs of it. */
interface Member extends PairSide {
  body: MovingBody;
  bodyAtMs: number;
  sigmaM: number;
  /** Its newest frame's motion is rolled out; else its box is a square that holds whatever it may do. */
  isForeseen: boolean;
  isSilent: boolean;
  readonly track: VehicleTrack;
  readonly number: number;
}

/**
 * Keeps every vehicle and seen object as a moving body, and checks each one against its neighbours the moment its frame arrives. Of several instances each knows
 * everything, foresees only what may come into the cells that are its own, and checks only what may touch there. Idempotent: a frame handled again, or one that is
 * older than the one that is known, changes nothing.
 */
@Injectable()
export class CollisionMonitor {
  private readonly log = new Logger(CollisionMonitor.name);
  private readonly members: Member[] = [];
  private readonly byVehicle = new Map<string, Member>();
  private readonly models = new Map<string, VehicleModel>();
  private readonly plans = new PlanLibrary();
  private readonly boxes = new SweptBoxes();
  private readonly objects: ObjectBodies;
  private readonly samples: number;
  private readonly reach = new Float64Array(4);
  private readonly forecast: MotionForecast;
  private readonly rules: DeviationRules;
  private readonly deviations: DeviationBook;
  private readonly conflicts: ConflictBook;
  private readonly silence: SilenceWatch;
  private readonly check: PairCheck;
  private cancel: Cancel = () => undefined;
  private tickedAtMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly config: CollisionConfig,
    private readonly peers: Peers,
    private readonly territory: Territory,
    line: AlarmLine,
    counters: CollisionCounters,
    ground: Ground,
  ) {
    this.samples = samplesFor(config.horizonS);
    this.objects = new ObjectBodies(samplesFor(config.horizonS) * SAMPLE_S);
    this.forecast = new MotionForecast(this.plans, config, this.samples);
    this.check = new PairCheck(this.forecast, config, this.samples);
    this.rules = new DeviationRules(config, ground);
    const trackOf = (vehicleId: string): VehicleTrack | undefined => this.byVehicle.get(vehicleId)?.track;
    this.deviations = new DeviationBook(line, counters, new AlarmShare(territory, peers), trackOf);
    this.conflicts = new ConflictBook(line, counters, new AlarmShare(territory, peers), trackOf);
    this.silence = new SilenceWatch(config, ground, this.deviations);
  }

  start(): void {
    this.refreshTerritory();
    this.tickedAtMs = this.clock.monotonicMs();
    this.cancel = this.clock.every(TICK_MS, () => { this.tick(); });
  }

  stop(): void {
    this.cancel();
  }

  hearPeer(heartbeat: Heartbeat): void {
    this.peers.hear(heartbeat);
    this.refreshTerritory();
  }

  /** @param instance the one that says so, null if it is not known; what this one has said itself is no news */
  hearConflict(conflict: Conflict, instance: string | null): void {
    if (instance !== null && instance !== this.peers.self) this.conflicts.hear(conflict, instance, this.clock.nowMs());
  }

  hearDeviation(deviation: Deviation, instance: string | null): void {
    if (instance !== null && instance !== this.peers.self) this.deviations.hear(deviation, instance, this.clock.nowMs());
  }

  learnModel(model: VehicleModelMessage): void {
    this.models.set(model.id, model);
    for (const member of this.members) {
      if (member.track.frame.modelId !== model.id) continue;
      member.track.is(model);
      this.attend(member);
    }
  }

  learnPlan(plan: RunningPlan): void {
    try {
      this.plans.learn(plan);
    } catch (error) {
      this.log.warn(`the plan ${plan.routeId} of ${plan.vehicleId} is no path: ${String(error)}`);
      return;
    }
    const member = this.byVehicle.get(plan.vehicleId);
    if (member?.track.frame.routeId !== plan.routeId) return;
    if (this.attend(member)) this.checkMember(member, this.clock.nowMs());
  }

  connect(connection: Connection): void {
    const track = this.byVehicle.get(connection.vehicleId)?.track;
    if (track === undefined || connection.bootId < track.frame.bootId || connection.state === 'ONLINE') return;
    track.connection = connection.state;
    track.offlineSinceMs = connection.atMs;
    this.listenFor(this.byVehicle.get(connection.vehicleId)!, this.clock.nowMs());
  }

  /** Takes a frame, judges its vehicle, and checks it against everything near it. */
  report(frame: Frame): void {
    const nowMs = this.clock.nowMs();
    const member = this.byVehicle.get(frame.vehicleId) ?? this.enrol(frame, nowMs);
    const { track } = member;
    if (track.frame !== frame && !track.report(frame, nowMs)) return;
    const model = this.models.get(frame.modelId);
    if (model !== undefined) track.is(model);
    member.sigmaM = frame.positionSigmaM;
    const isConcern = this.attend(member);
    this.objects.report(frame, (body) => this.near(body), nowMs);
    if (!isConcern) return;
    this.checkMember(member, nowMs);
    if (this.reportsOn(member)) this.rules.judge(track, (finding: Finding) => { this.deviations.observe(track, finding, nowMs); });
  }

  private *near(body: MovingBody): Iterable<VehicleTrack> {
    for (const member of this.members) {
      if (!this.boxes.meets(member.number, body)) continue;
      if (!member.isForeseen) this.foresee(member);
      yield member.track;
    }
  }

  private enrol(frame: Frame, nowMs: number): Member {
    const track = new VehicleTrack(frame, this.samples, nowMs);
    const nothing: MovingBody = { shape: createBodyShape([]), motion: track.motion };
    const member: Member = { body: nothing, bodyAtMs: frame.observedAtMs, sigmaM: frame.positionSigmaM, isForeseen: false, isSilent: false, track, number: this.boxes.add() };
    this.members.push(member);
    this.byVehicle.set(frame.vehicleId, member);
    return member;
  }

  /** Foresees a vehicle if what it may do can matter to this instance, else notes where it may get to. @returns whether it matters */
  private attend(member: Member): boolean {
    const { track } = member;
    if (this.territory.coversAll || this.conflicts.concerns(track.vehicleId) || this.deviations.concerns(track.vehicleId)) {
      this.foresee(member);
      return true;
    }
    this.forecast.place(track);
    const { reach } = this;
    reachBox(track, reach);
    const aroundM = this.config.marginM + POINT_SLACK_M;
    const { xM, yM } = track.frame;
    const isConcern = this.territory.coversAt(xM, yM) || this.territory.meets(reach[0]! - aroundM, reach[1]! - aroundM, reach[2]! + aroundM, reach[3]! + aroundM);
    if (isConcern) this.roll(member);
    else {
      member.isForeseen = false;
      this.boxes.setBox(member.number, reach);
    }
    return isConcern;
  }

  private reportsOn({ isSilent, track: { vehicleId, frame } }: Member): boolean {
    return this.territory.coversAt(frame.xM, frame.yM) || this.deviations.concerns(vehicleId) || (isSilent && !this.territory.isNone);
  }

  private foresee(member: Member): void {
    this.forecast.place(member.track);
    this.roll(member);
  }

  private roll(member: Member): void {
    const { track } = member;
    member.isForeseen = true;
    this.forecast.roll(track);
    if (track.lost) track.body = this.forecast.ghost(track) ?? track.body;
    if (track.body === null) return;
    member.body = track.body;
    member.bodyAtMs = track.bodyAtMs;
    this.boxes.set(member.number, track.body, this.config.marginM);
  }

  private checkMember(member: Member, nowMs: number, notBeforeMs = 0): void {
    const { track } = member;
    track.checkedAtMs = nowMs;
    if (track.body === null) return;
    const near = this.boxes.near(member.number);
    for (let i = 0; i < near; i += 1) {
      const other = this.members[this.boxes.numbers[i]!]!;
      if (!this.isOwnPair(member, other)) continue;
      if (!other.isForeseen) this.foresee(other);
      this.checkPair(member, other, other.track.vehicleId, Math.max(member.bodyAtMs, other.bodyAtMs, notBeforeMs), nowMs);
    }
    this.objects.forEach(nowMs, (object) => { this.checkObject(member, object, Math.max(member.bodyAtMs, object.bodyAtMs, notBeforeMs), nowMs); });
  }

  /** Whether two that may touch may touch where this instance works, or it has a conflict of theirs already. */
  private isOwnPair(member: Member, { number: other, isSilent, track: { vehicleId: otherId } }: Member): boolean {
    const { number, track: { vehicleId } } = member;
    if (this.territory.coversAll || member.isSilent || isSilent || this.boxes.inCommon(number, other, POINT_SLACK_M, this.territory)) return true;
    return this.conflicts.concerns(vehicleId) && (vehicleId < otherId ? this.conflicts.has(vehicleId, otherId) : this.conflicts.has(otherId, vehicleId));
  }

  private checkObject(member: Member, object: SeenObject, baseMs: number, nowMs: number): void {
    if (!member.body.motion.moves || !this.boxes.meets(member.number, object.body)) return;
    const isOwn = member.isSilent || this.boxes.inCommonWith(member.number, object.body, POINT_SLACK_M, this.territory) || this.conflicts.has(member.track.vehicleId, object.id);
    if (!isOwn) return;
    if (!this.objects.overlaps(object, member.body, member.bodyAtMs, baseMs)) this.checkPair(member, object, object.id, baseMs, nowMs);
  }

  private checkPair(member: Member, other: PairSide, otherId: string, baseMs: number, nowMs: number): void {
    const { check } = this;
    check.examine(member, other, baseMs, nowMs);
    if (check.timeToContactS === Infinity) return;
    const id = member.track.vehicleId;
    const contact = { timeToContactS: check.timeToContactS, imminent: check.imminent, xM: check.xM, yM: check.yM, observedAtMs: baseMs };
    if (other.track === null) this.conflicts.found(id, otherId, [id], contact, nowMs);
    else if (id < otherId) this.conflicts.found(id, otherId, [id, otherId], contact, nowMs);
    else this.conflicts.found(otherId, id, [otherId, id], contact, nowMs);
  }

  /** The safety net: silence, stops without effect, conflicts that are over, vehicles that no frame has had checked. */
  private tick(): void {
    const nowMs = this.clock.nowMs();
    const sinceMs = this.clock.monotonicMs() - this.tickedAtMs;
    this.tickedAtMs = this.clock.monotonicMs();
    if (sinceMs > STALL_MS) for (const { track } of this.members) track.heardAtMs = Math.min(nowMs, track.heardAtMs + sinceMs - TICK_MS);
    this.refreshTerritory();
    this.noteSilent(nowMs);
    for (const member of this.members) {
      this.listenFor(member, nowMs);
      this.deviations.repeat(member.track, nowMs);
      if (member.isForeseen && nowMs - member.track.checkedAtMs >= UNCHECKED_MS) this.checkMember(member, nowMs, nowMs);
    }
    this.deviations.tick(nowMs);
    this.conflicts.tick(nowMs);
  }

  /** Takes up what has become this instance's, or leaves everything. */
  private refreshTerritory(): void {
    if (!this.territory.refresh()) return;
    if (this.territory.isNone) {
      this.conflicts.release();
      this.deviations.release();
    }
    for (const member of this.members) if (!member.isForeseen) this.attend(member);
  }

  private noteSilent(nowMs: number): void {
    for (const member of this.members) {
      member.isSilent = nowMs - member.track.heardAtMs >= SILENT_MS;
      if (member.isSilent && !member.isForeseen && !this.territory.isNone) this.foresee(member);
    }
  }

  private listenFor(member: Member, nowMs: number): void {
    const { track } = member;
    if (this.silence.watch(track, nowMs, this.reportsOn(member))) this.attend(member);
  }
}
