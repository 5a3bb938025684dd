import { type Command, type CommandEvent, commandEvents, type Frame, heartbeats, type StopRequest } from '@quaymaster/messages';
import { Peers } from '@quaymaster/nest-platform';
import type { Clock, MessageBus } from '@quaymaster/ports';
import { vehicleTopics, type WireCommand, wireCommandSchema } from '@quaymaster/telemetry';
import type { MqttClient } from 'mqtt';
import type { DataSource } from 'typeorm';
import { CommandDispatcher } from '../src/command-dispatcher.service';
import { CommandJournal } from '../src/command-journal';
import { CommandStore } from '../src/command.store';
import { DispatchConfig } from '../src/dispatch.config';
import { InstanceBeat } from '../src/instance-beat.service';
import { LeaseKeeper } from '../src/lease-keeper.service';
import { OrphanWatch } from '../src/orphan-watch.service';
import { VehicleLink } from '../src/vehicle-link';
import { MortalClock } from './mortal-clock';

export const VEHICLE = 'T-01';
const TURNS = 5000;

/** Whom the broker of a stage lets in as what. */
export const accountOf = async (username: string) => (username === VEHICLE ? { kind: 'vehicle' as const, vehicleId: username } : { kind: 'service' as const, name: username });

/** What a test brings: the embedded adapters. */
export interface StageBackends {
  readonly clock: Clock & { advance(durationMs: number): void };
  readonly bus: MessageBus & { idle(): Promise<void>; close(): Promise<void> };
  readonly broker: { readonly port: number; close(): Promise<void> };
  readonly connect: (options: { url: string; clientId: string; username: string; password: string }) => Promise<MqttClient>;
  readonly database: DataSource;
}

/** One instance of dispatch, as its module puts it together. */
export class DispatchInstance {
  readonly peers: Peers;
  readonly store: CommandStore;
  readonly journal: CommandJournal;
  readonly dispatcher: CommandDispatcher;
  readonly leases: LeaseKeeper;
  readonly beat: InstanceBeat;
  readonly orphans: OrphanWatch;
  private readonly clock: MortalClock;

  constructor(readonly name: string, { clock: time, bus, database }: StageBackends, mqtt: MqttClient) {
    const config = DispatchConfig.from({});
    const link = new VehicleLink(mqtt);
    const clock = this.clock = new MortalClock(time);
    this.peers = new Peers(name, 'dispatch', clock);
    this.store = new CommandStore(database);
    this.journal = new CommandJournal(this.store, bus, clock);
    this.dispatcher = new CommandDispatcher(this.store, this.journal, link, clock, config, this.peers);
    this.leases = new LeaseKeeper(this.dispatcher, link, clock, config, this.peers);
    this.beat = new InstanceBeat(this.peers, bus, clock);
    this.orphans = new OrphanWatch(this.store, this.dispatcher, this.beat, clock);
  }

  async start(bus: MessageBus): Promise<void> {
    await bus.subscribe(heartbeats, `state-${this.name}`, async (batch) => {
      for (const { message } of batch) {
        this.peers.hear(message);
        this.leases.hear(message);
      }
    });
    this.beat.start();
    await this.orphans.start();
    this.dispatcher.start();
    this.leases.start();
  }

  /** As a process that is killed: it says no good-bye, and what is in its memory alone is gone. */
  kill(): void {
    this.clock.die();
  }
}

/** Dispatch with a real broker, a real database, and a vehicle that only listens. */
export class DispatchStage {
  /** Everything that the vehicle was sent, copies included. */
  readonly heard: WireCommand[] = [];
  readonly leases: string[] = [];
  readonly events: CommandEvent[] = [];
  readonly instances: DispatchInstance[] = [];
  private readonly clients: MqttClient[] = [];

  private constructor(private readonly backends: StageBackends) {}

  static async open(backends: StageBackends, ...names: readonly string[]): Promise<DispatchStage> {
    const stage = new DispatchStage(backends);
    const vehicle = await stage.enter(VEHICLE);
    vehicle.on('message', (topic, payload) => {
      if (topic === vehicleTopics.lease(VEHICLE)) stage.leases.push(payload.toString());
      else stage.heard.push(wireCommandSchema.parse(JSON.parse(payload.toString())));
    });
    await vehicle.subscribeAsync([vehicleTopics.command(VEHICLE), vehicleTopics.lease(VEHICLE)], { qos: 1 });
    await backends.bus.subscribe(commandEvents, 'stage', async (batch) => { stage.events.push(...batch.map(({ message }) => message)); });
    for (const name of names) await stage.join(name);
    return stage;
  }

  /** Another instance comes to work. */
  async join(name: string): Promise<DispatchInstance> {
    const instance = new DispatchInstance(name, this.backends, await this.enter(name));
    await instance.start(this.bus);
    await this.bus.idle();
    this.instances.push(instance);
    return instance;
  }

  get clock(): StageBackends['clock'] {
    return this.backends.clock;
  }

  get bus(): StageBackends['bus'] {
    return this.backends.bus;
  }

  async close(): Promise<void> {
    for (const instance of this.instances) instance.kill();
    for (const client of this.clients) await client.endAsync(true);
    await this.bus.close();
    await this.backends.broker.close();
  }

  report(commandSequence = 0): void {
    const nowMs = this.clock.nowMs();
    const frame: Frame = {
      vehicleId: VEHICLE, bootId: 1, sequence: 1, observedAtMs: nowMs, receivedAtMs: nowMs, modelId: 'agv', mode: 'AUTOMATIC', xM: 0, yM: 0, headingRad: 0,
      speedMps: 0, accelerationMps2: 0, yawRateRadPs: 0, positionSigmaM: 0, hitchAnglesRad: [], routeId: '', routeSM: 0, releasedToSM: 0, stopped: false,
      leaseAlive: true, epoch: 0, commandSequence, errors: [], objects: [], match: null,
    };
    for (const { dispatcher } of this.instances) dispatcher.report(frame);
  }

  command(commandId: string, params: Command['params'], epoch = 1): Command {
    const nowMs = this.clock.nowMs();
    return { commandId, vehicleId: VEHICLE, epoch, issuedAtMs: nowMs, expiresAtMs: nowMs + 5000, causeId: 'M-1', actor: 'scheduler', params };
  }

  stop(requestId: string, source = 'collision'): StopRequest {
    return { requestId, vehicleIds: [VEHICLE], source, causeId: 'x', reason: 'test', requestedAtMs: this.clock.nowMs() };
  }

  /** Lets a tick of the clock pass, and everything that follows from it. */
  async pass(ms: number, stepMs = 100): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.clock.advance(Math.min(stepMs, ms - passed));
      await this.bus.idle();
      await this.turns();
    }
  }

  async until(claim: () => boolean, what: string): Promise<void> {
    for (let turn = 0; !claim(); turn += 1) {
      if (turn > TURNS) throw new Error(`${what}: ${JSON.stringify(this.heard)}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Lets the sockets turn until the vehicle has heard that many commands. */
  heardCount(count: number): Promise<void> {
    return this.until(() => this.heard.length >= count, `the vehicle has not heard ${count} commands`);
  }

  /** As every instance hears it. */
  acknowledge(commandId: string, state: 'received' | 'running' | 'finished' | 'rejected', instances: readonly DispatchInstance[] = this.instances): void {
    for (const { dispatcher } of instances) dispatcher.acknowledge({ commandId, vehicleId: VEHICLE, bootId: 1, state, because: '', atMs: this.clock.nowMs() });
  }

  async stateOf(commandId: string): Promise<string | undefined> {
    await this.flush();
    const rows: { state: string }[] = await this.backends.database.query('SELECT state FROM command WHERE command_id = $1', [commandId]);
    return rows[0]?.state;
  }

  async ladderOf(commandId: string): Promise<string[]> {
    await this.flush();
    const rows: { state: string }[] = await this.backends.database.query('SELECT state FROM command_event WHERE command_id = $1 ORDER BY event_id', [commandId]);
    return rows.map((row) => row.state);
  }

  async flush(): Promise<void> {
    for (const { journal } of this.instances) await journal.flush();
  }

  /** A database answers within turns of the event loop, not within ticks of the clock. */
  private async turns(): Promise<void> {
    await this.backends.database.query('SELECT 1');
    for (let i = 0; i < 5; i += 1) await new Promise((resolve) => { setImmediate(resolve); });
  }

  private async enter(name: string): Promise<MqttClient> {
    const client = await this.backends.connect({ url: `mqtt://127.0.0.1:${this.backends.broker.port}`, clientId: name, username: name, password: '' });
    this.clients.push(client);
    return client;
  }
}
