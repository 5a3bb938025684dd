import { Injectable, Logger } from '@nestjs/common';
import { type Connection, type Frame, heartbeats, type RunningPlan, type VehicleModelMessage } from '@quaymaster/messages';
import { createBodyShape, type MovingBody, type VehicleModel } from '@quaymaster/motion';
import { type Cancel, Clock, MessageBus } from '@quaymaster/ports';
import { AlarmLine } from './alarm-line.service';
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
import { SilenceWatch } from './silence-watch';
import { SweptBoxes } from './swept-boxes';
import { SAMPLE_S, samplesFor, VehicleTrack } from './vehicle-track';

const TICK_MS = 100;
const HEARTBEAT_MS = 1000;
/** A vehicle that no frame has had checked for so long is checked by the tick. */
const UNCHECKED_MS = 200;
/** Between two ticks this late it was not the vehicles that were silent but this process that was not listening. */
const STALL_MS = 500;

/** A vehicle with what the search needs of it. */
interface Member extends PairSide {
  body: MovingBody;
  bodyAtMs: number;
  sigmaM: number;
  readonly track: VehicleTrack;
  readonly number: number;
}

/**
 * Keeps every vehicle and seen object as a moving body, and checks each one against its neighbours the moment its frame arrives. Idempotent: a frame handled again, or
 * one that is older than the one that is known, changes nothing.
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
  private readonly forecast: MotionForecast;
  private readonly rules: DeviationRules;
  private readonly deviations: DeviationBook;
  private readonly conflicts: ConflictBook;
  private readonly silence: SilenceWatch;
  private readonly check: PairCheck;
  private cancels: Cancel[] = [];
  private tickedAtMs = 0;

  constructor(
    private readonly bus: MessageBus,
    private readonly clock: Clock,
    private readonly config: CollisionConfig,
    private readonly line: AlarmLine,
    counters: CollisionCounters,
    ground: Ground,
  ) {
    this.samples = samplesFor(config.horizonS);
    this.objects = new ObjectBodies(samplesFor(config.horizonS) * SAMPLE_S);
    this.forecast = new MotionForecast(this.plans, config, this.samples);
    this.check = new PairCheck(this.forecast, config, this.samples);
    this.rules = new DeviationRules(config, ground);
    this.deviations = new DeviationBook(line, counters);
    this.conflicts = new ConflictBook(line, counters, (vehicleId) => this.byVehicle.get(vehicleId)?.track.frame.stopped ?? true);
    this.silence = new SilenceWatch(config, ground, this.deviations);
  }

  start(): void {
    this.tickedAtMs = this.clock.monotonicMs();
    this.cancels = [this.clock.every(TICK_MS, () => { this.tick(); }), this.clock.every(HEARTBEAT_MS, () => { this.beat(); })];
  }

  stop(): void {
    for (const cancel of this.cancels) cancel();
    this.cancels = [];
  }

  learnModel(model: VehicleModelMessage): void {
    this.models.set(model.id, model);
    for (const member of this.members) {
      if (member.track.frame.modelId !== model.id) continue;
      member.track.is(model);
      this.foresee(member);
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
    this.foresee(member);
    this.checkMember(member, this.clock.nowMs());
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
    this.foresee(member);
    this.objects.report(frame, this.tracks(), nowMs);
    this.checkMember(member, nowMs);
    this.rules.judge(track, (finding: Finding) => { this.deviations.observe(track, finding, nowMs); });
  }

  private *tracks(): Iterable<VehicleTrack> {
    for (const member of this.members) yield member.track;
  }

  private enrol(frame: Frame, nowMs: number): Member {
    const track = new VehicleTrack(frame, this.samples, nowMs);
    const nothing: MovingBody = { shape: createBodyShape([]), motion: track.motion };
    const member: Member = { body: nothing, bodyAtMs: frame.observedAtMs, sigmaM: frame.positionSigmaM, track, number: this.boxes.add() };
    this.members.push(member);
    this.byVehicle.set(frame.vehicleId, member);
    return member;
  }

  private foresee(member: Member): void {
    const { track } = member;
    this.forecast.foresee(track);
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
      this.checkPair(member, other, other.track.vehicleId, Math.max(member.bodyAtMs, other.bodyAtMs, notBeforeMs), nowMs);
    }
    this.objects.forEach(nowMs, (object) => { this.checkObject(member, object, Math.max(member.bodyAtMs, object.bodyAtMs, notBeforeMs), nowMs); });
  }

  private checkObject(member: Member, object: SeenObject, baseMs: number, nowMs: number): void {
    if (!member.body.motion.moves || !this.boxes.meets(member.number, object.body)) return;
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
    for (const member of this.members) {
      this.listenFor(member, nowMs);
      this.deviations.repeatStops(member.track, nowMs);
      if (nowMs - member.track.checkedAtMs >= UNCHECKED_MS) this.checkMember(member, nowMs, nowMs);
    }
    this.conflicts.tick(nowMs);
  }

  private listenFor(member: Member, nowMs: number): void {
    if (this.silence.watch(member.track, nowMs)) this.foresee(member);
  }

  private beat(): void {
    this.bus.publish(heartbeats, 'collision', { service: 'collision', instance: '', epoch: 0, atMs: this.clock.nowMs(), isLeaving: false }).catch((error: unknown) => {
      this.log.error(`the heartbeat was not taken by the bus: ${String(error)}`);
    });
  }
}
