import { Injectable, Logger } from '@nestjs/common';
import {
  heartbeats, incidents, missions, type OperatorRequest, plans, requestResults, type RequestResult, stopRequests, type VehicleModelMessage,
} from '@quaymaster/messages';
import { HeartbeatStreak } from '@quaymaster/nest-platform';
import { type Cancel, Clock, FleetError, MessageBus } from '@quaymaster/ports';
import type { Drive } from './drive/drive';
import { Planner } from './planning/planner';
import { Scheduler } from './scheduler';
import { SchedulingConfig } from './scheduling.config';
import { SiteState } from './site-state';
import { SiteMapHolder } from './site-map-holder';
import { StatusReporter } from './status-reporter';
import { OutboxRelay } from './store/outbox-relay.service';
import { EpochLostError, SchedulingStore } from './store/scheduling.store';

const HEARTBEAT_MS = 1000;

/** A request was carried out, or is to be by another scheduler, and its answer is not stored: nobody may lean on it yet. */
export class RequestNotStoredError extends FleetError {
  readonly code = 'QM_REQUEST_NOT_STORED';
  readonly retryable = true;
}

/** Runs the scheduler: one tick at a time, each decision stored before it takes effect, stops excepted. */
@Injectable()
export class SchedulerService {
  private readonly log = new Logger(SchedulerService.name);
  readonly predictors: HeartbeatStreak;
  private readonly state = new SiteState();
  private site: Scheduler | undefined;
  private reporter: StatusReporter | undefined;
  private running: Promise<void> = Promise.resolve();
  private wanted = false;
  private stopped = false;
  private stopSerial = 0;
  private cancels: Cancel[] = [];
  /** Requests that were carried out and whose answers have not been seen in the store. */
  private readonly unstored = new Set<string>();

  constructor(
    private readonly map: SiteMapHolder,
    private readonly store: SchedulingStore,
    private readonly relay: OutboxRelay,
    private readonly bus: MessageBus,
    private readonly clock: Clock,
    private readonly planner: Planner,
    private readonly config: SchedulingConfig,
  ) {
    this.predictors = new HeartbeatStreak('collision', clock);
  }

  async start(): Promise<void> {
    const epoch = await this.store.takeEpoch(this.clock.nowMs());
    this.state.restore(await this.store.load());
    const site = new Scheduler(
      this.map.map, this.state, this.config, epoch, this.planner,
      (vehicleIds, causeId, reason) => { this.stopNow(vehicleIds, causeId, reason); },
      () => { this.kick(); },
    );
    site.incidents.takeUp(this.clock.nowMs());
    this.site = site;
    this.reporter = new StatusReporter(this.state, site.picture, site.traffic, site.missions, this.bus);
    this.cancels = [
      this.clock.every(this.config.tickMs, () => { this.kick(); }),
      this.clock.every(HEARTBEAT_MS, () => { void this.beat(); }),
    ];
    this.log.log(`in charge of the site with epoch ${epoch}`);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const cancel of this.cancels) cancel();
    await this.running;
    await this.planner.close();
  }

  get scheduler(): Scheduler {
    if (this.site === undefined) throw new RangeError('the scheduler has not been started');
    return this.site;
  }

  learnModel(model: VehicleModelMessage): void {
    this.scheduler.picture.models.set(model.id, model);
    this.planner.learn(model);
  }

  /**
   * Handles a request once, however often it is delivered, and answers it on the bus when the answer is stored.
   *
   * @throws RequestNotStoredError when it cannot be stored now; the request is to be delivered again
   */
  async handle(request: OperatorRequest): Promise<void> {
    const { requestId } = request;
    const result = await this.store.resultOf(requestId) ?? await this.decide(request);
    this.unstored.delete(requestId);
    await this.bus.publish(requestResults, requestId, result);
  }

  /** Carries a new request out. An answer that is not stored might be forgotten after it was given: it is not given. */
  private async decide(request: OperatorRequest): Promise<RequestResult> {
    const { requestId } = request;
    if (!this.stopped && !this.unstored.has(requestId)) {
      this.scheduler.handle(request, this.clock.nowMs());
      this.unstored.add(requestId);
    }
    this.kick();
    await this.running;
    const result = await this.store.resultOf(requestId);
    if (result === undefined) throw new RequestNotStoredError(`what request ${requestId} led to is not stored yet`);
    return result;
  }

  /** Runs a tick soon; ticks never overlap. */
  kick(): void {
    if (this.wanted || this.stopped) return;
    this.wanted = true;
    this.running = this.running.then(async () => {
      this.wanted = false;
      try {
        await this.tick();
      } catch (error) {
        this.fail(error);
      }
    });
  }

  private async tick(): Promise<void> {
    const nowMs = this.clock.nowMs();
    this.scheduler.alarms.expire(this.clock.monotonicMs(), this.predictors.lastsMs);
    const drives = this.scheduler.tick(nowMs);
    const changes = this.state.takeChanges();
    if (changes !== null) {
      try {
        await this.store.commit(this.scheduler.epoch, changes);
      } catch (error) {
        this.state.putBack(changes);
        throw error;
      }
      for (const drive of drives) await this.announce(drive, nowMs);
      if (changes.commands.length > 0) await this.relay.drain();
      for (const { mission } of changes.missions) await this.bus.publish(missions, mission.missionId, mission);
      for (const incident of changes.incidents) await this.bus.publish(incidents, incident.incidentId, incident);
      this.state.forgetEnded();
    }
    await this.reporter?.publish(nowMs);
  }

  private async announce(drive: Drive, nowMs: number): Promise<void> {
    await this.bus.publish(plans, drive.vehicleId, {
      vehicleId: drive.vehicleId, routeId: drive.routeId, pathXyM: [...this.scheduler.library.path(drive.blocks, drive.endSM).xyM],
      ...this.scheduler.desk.limits(drive), publishedAtMs: nowMs,
    });
  }

  /** Stops go out before anything is stored: a stop that was not written down is better than one that was not sent. */
  private stopNow(vehicleIds: readonly string[], causeId: string, reason: string): void {
    if (vehicleIds.length === 0) return;
    this.stopSerial += 1;
    const requestId = `stop-${this.scheduler.epoch}-${this.stopSerial}`;
    this.bus.publish(stopRequests, vehicleIds[0]!, {
      requestId, vehicleIds: [...vehicleIds], source: 'scheduler', causeId, reason, requestedAtMs: this.clock.nowMs(),
    }).catch((error: unknown) => { this.log.error(`stop request ${requestId} was not published: ${String(error)}`); });
  }

  private async beat(): Promise<void> {
    try {
      await this.bus.publish(heartbeats, 'scheduler', { service: 'scheduler', instance: '', epoch: this.scheduler.epoch, atMs: this.clock.nowMs(), isLeaving: false });
    } catch (error) {
      this.log.warn(`heartbeat was not published: ${String(error)}`);
    }
  }

  private fail(error: unknown): void {
    if (error instanceof EpochLostError) {
      this.stopped = true;
      for (const cancel of this.cancels) cancel();
      this.log.error(`${error.code}: ${error.message}; this scheduler stands down`);
      return;
    }
    this.log.error(`tick failed, what it decided is stored with the next one: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
