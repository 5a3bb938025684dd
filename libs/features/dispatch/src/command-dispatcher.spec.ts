import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { openDatabase, type Database } from '@quaymaster/database';
import type { Command, Frame } from '@quaymaster/messages';
import { connectMqtt, EmbeddedBroker } from '@quaymaster/mqtt';
import { vehicleTopics, type WireCommand, wireCommandSchema } from '@quaymaster/telemetry';
import type { MqttClient } from 'mqtt';
import { CommandDispatcher } from './command-dispatcher.service';
import { CommandJournal } from './command-journal';
import { CommandStore } from './command.store';
import { DispatchConfig } from './dispatch.config';
import { dispatchEntities, dispatchMigrations } from './index';
import { LeaseKeeper } from './lease-keeper.service';
import { VehicleLink } from './vehicle-link';

const VEHICLE = 'T-01';

/** Dispatch with a real broker, a real database, and a vehicle that only listens. */
class Stage {
  readonly clock = new ManualClock();
  readonly heard: WireCommand[] = [];
  readonly leases: string[] = [];
  private opened: { close(): Promise<void> }[] = [];

  private constructor(readonly database: Database) {}

  static async open(database: Database): Promise<Stage> {
    const stage = new Stage(database);
    await stage.set();
    return stage;
  }

  store!: CommandStore;
  journal!: CommandJournal;
  dispatcher!: CommandDispatcher;
  leaseKeeper!: LeaseKeeper;
  private vehicle!: MqttClient;

  private async set(): Promise<void> {
    const broker = await EmbeddedBroker.start({
      host: '127.0.0.1', port: 0,
      authenticate: async (username) => (username === 'dispatch' ? { kind: 'service', name: username } : { kind: 'vehicle', vehicleId: username }),
    });
    const url = `mqtt://127.0.0.1:${broker.port}`;
    this.vehicle = await connectMqtt({ url, clientId: VEHICLE, username: VEHICLE, password: '' });
    this.vehicle.on('message', (topic, payload) => {
      if (topic === vehicleTopics.lease(VEHICLE)) this.leases.push(payload.toString());
      else this.heard.push(wireCommandSchema.parse(JSON.parse(payload.toString())));
    });
    await this.vehicle.subscribeAsync([vehicleTopics.command(VEHICLE), vehicleTopics.lease(VEHICLE)], { qos: 1 });
    const service = await connectMqtt({ url, clientId: 'dispatch', username: 'dispatch', password: '' });
    this.store = new CommandStore(this.database.dataSource);
    const bus = new InMemoryBus({ clock: this.clock });
    this.journal = new CommandJournal(this.store, bus, this.clock);
    const link = new VehicleLink(service);
    const config = DispatchConfig.from({});
    this.dispatcher = new CommandDispatcher(this.store, this.journal, link, this.clock, config);
    this.leaseKeeper = new LeaseKeeper(this.dispatcher, link, this.clock, config);
    await this.dispatcher.start();
    this.leaseKeeper.start();
    this.opened = [
      { close: async () => { await this.vehicle.endAsync(true); } }, { close: async () => { await service.endAsync(true); } },
      { close: () => bus.close() }, { close: () => broker.close() },
    ];
  }

  async close(): Promise<void> {
    this.dispatcher.stop();
    this.leaseKeeper.stop();
    for (const one of this.opened) await one.close();
  }

  report(commandSequence = 0): void {
    const nowMs = this.clock.nowMs();
    const frame: Frame = {
      vehicleId: VEHICLE, bootId: 1, sequence: 1, observedAtMs: nowMs, receivedAtMs: nowMs, modelId: 'agv', mode: 'AUTOMATIC', xM: 0, yM: 0, headingRad: 0,
      speedMps: 0, accelerationMps2: 0, yawRateRadPs: 0, positionSigmaM: 0, hitchAnglesRad: [], routeId: '', routeSM: 0, releasedToSM: 0, stopped: false,
      leaseAlive: true, epoch: 0, commandSequence, errors: [], objects: [], match: null,
    };
    this.dispatcher.report(frame);
  }

  command(commandId: string, params: Command['params'], epoch = 1): Command {
    const nowMs = this.clock.nowMs();
    return { commandId, vehicleId: VEHICLE, epoch, issuedAtMs: nowMs, expiresAtMs: nowMs + 5000, causeId: 'M-1', actor: 'scheduler', params };
  }

  /** Lets the sockets turn until the vehicle has heard that many commands. */
  async heardCount(count: number): Promise<void> {
    for (let turn = 0; this.heard.length < count; turn += 1) {
      if (turn > 5000) throw new Error(`the vehicle heard ${this.heard.length} commands, not ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  acknowledge(commandId: string, state: 'received' | 'running' | 'finished' | 'rejected'): void {
    this.dispatcher.acknowledge({ commandId, vehicleId: VEHICLE, bootId: 1, state, because: '', atMs: this.clock.nowMs() });
  }

  async stateOf(commandId: string): Promise<string | undefined> {
    await this.journal.flush();
    const rows: { state: string }[] = await this.database.dataSource.query('SELECT state FROM command WHERE command_id = $1', [commandId]);
    return rows[0]?.state;
  }

  async ladderOf(commandId: string): Promise<string[]> {
    await this.journal.flush();
    const rows: { state: string }[] = await this.database.dataSource.query('SELECT state FROM command_event WHERE command_id = $1 ORDER BY event_id', [commandId]);
    return rows.map((row) => row.state);
  }
}

describe('dispatch', () => {
  let database: Database;
  let stage: Stage;
  beforeAll(async () => { database = await openDatabase({ entities: dispatchEntities, migrations: dispatchMigrations }); });
  afterAll(async () => { await database.close(); });
  beforeEach(async () => { stage = await Stage.open(database); });
  afterEach(async () => {
    await stage.close();
    await database.dataSource.query('TRUNCATE command, command_event');
  });

  it('sends a command until the vehicle says that it has it, and not afterwards', async () => {
    stage.report();
    await stage.dispatcher.dispatch([stage.command('c1', { kind: 'resume' })]);
    await stage.heardCount(1);
    stage.clock.advance(350);
    await stage.heardCount(2);
    expect(stage.heard.map((command) => [command.commandId, command.sequence])).toEqual([['c1', 1], ['c1', 1]]);
    stage.acknowledge('c1', 'received');
    stage.clock.advance(3000);
    stage.acknowledge('c1', 'finished');
    expect(await stage.ladderOf('c1')).toEqual(['accepted', 'dispatched', 'received', 'finished']);
    expect(stage.heard).toHaveLength(2);
  });

  it('takes a command once, however often it is delivered', async () => {
    stage.report();
    const command = stage.command('c1', { kind: 'resume' });
    await stage.dispatcher.dispatch([command, command]);
    await stage.dispatcher.dispatch([command]);
    await stage.heardCount(1);
    expect(await stage.ladderOf('c1')).toEqual(['accepted', 'dispatched']);
  });

  it('knows a command again that was finished before a redelivery', async () => {
    stage.report();
    const command = stage.command('c1', { kind: 'resume' });
    await stage.dispatcher.dispatch([command]);
    stage.acknowledge('c1', 'finished');
    await stage.journal.flush();
    await stage.dispatcher.dispatch([command]);
    expect(await stage.ladderOf('c1')).toEqual(['accepted', 'dispatched', 'finished']);
  });

  it.each([
    ['no report ever came', (s: Stage) => s.command('c1', { kind: 'resume' })],
    ['the newest report is over 1 s old', (s: Stage) => { s.report(); s.clock.advance(1100); return s.command('c1', { kind: 'resume' }); }],
  ])('refuses permission when %s', async (_because, make) => {
    await stage.dispatcher.dispatch([make(stage)]);
    expect(await stage.stateOf('c1')).toBe('rejected');
    expect(stage.heard).toHaveLength(0);
  });

  it('refuses permission of an older epoch after a newer one was seen', async () => {
    stage.report();
    await stage.dispatcher.dispatch([stage.command('new', { kind: 'resume' }, 5), stage.command('old', { kind: 'resume' }, 4)]);
    expect(await stage.stateOf('old')).toBe('rejected');
  });

  it('sends a stop to a vehicle that never reported', async () => {
    await stage.dispatcher.requestStop({ requestId: 's1', vehicleIds: [VEHICLE], source: 'collision', causeId: 'x', reason: 'test', requestedAtMs: stage.clock.nowMs() });
    await stage.heardCount(1);
    expect(stage.heard[0]!.params.kind).toBe('stop');
    expect(await stage.stateOf(`s1:${VEHICLE}`)).toBe('dispatched');
  });

  it('sends a stop although the relational store is gone', async () => {
    await stage.database.dataSource.query('ALTER TABLE command RENAME TO command_gone');
    const request = { requestId: 's1', vehicleIds: [VEHICLE], source: 'collision', causeId: 'x', reason: 'test', requestedAtMs: stage.clock.nowMs() };
    await expect(stage.dispatcher.requestStop(request)).rejects.toThrow();
    await stage.heardCount(1);
    expect(stage.heard[0]!.params.kind).toBe('stop');
    await stage.database.dataSource.query('ALTER TABLE command_gone RENAME TO command');
    // The bus delivers again; the stop is stored now and is still the same command.
    await stage.dispatcher.requestStop(request);
    expect(await stage.stateOf(`s1:${VEHICLE}`)).toBe('dispatched');
  });

  it('lets a stop supersede permission that is still on its way, and refuses a resume issued before the stop', async () => {
    stage.report();
    const resume = stage.command('late', { kind: 'resume' });
    await stage.dispatcher.dispatch([stage.command('r1', { kind: 'release', routeId: 'route-1', releasedToSM: 50 })]);
    stage.clock.advance(10);
    stage.report();
    await stage.dispatcher.requestStop({ requestId: 's1', vehicleIds: [VEHICLE], source: 'operator:anna', causeId: 'x', reason: 'test', requestedAtMs: stage.clock.nowMs() });
    await stage.dispatcher.dispatch([resume]);
    expect(await stage.stateOf('r1')).toBe('superseded');
    expect(await stage.stateOf('late')).toBe('rejected');
  });

  it('expires what the vehicle does not confirm in time', async () => {
    stage.report();
    await stage.dispatcher.dispatch([stage.command('c1', { kind: 'resume' })]);
    stage.clock.advance(8000);
    expect(await stage.stateOf('c1')).toBe('expired');
  });

  it('goes on after the sequence that the vehicle has seen, and forgets nothing across a restart', async () => {
    stage.report(41);
    await stage.dispatcher.dispatch([stage.command('c1', { kind: 'resume' }, 3)]);
    const successor = new CommandDispatcher(stage.store, stage.journal, new VehicleLink(await nobody()), stage.clock, DispatchConfig.from({}));
    await stage.journal.flush();
    await successor.start();
    successor.stop();
    expect([...successor.vehicles].map(({ vehicleId, sequence, epoch }) => [vehicleId, sequence, epoch])).toEqual([[VEHICLE, 42, 3]]);
    expect(await stage.stateOf('c1')).toBe('expired');
  });

  it('renews leases only while scheduler and collision are heard of', async () => {
    stage.report();
    stage.clock.advance(1000);
    expect(stage.leases).toHaveLength(0);
    const beat = (service: 'scheduler' | 'collision'): void => { stage.leaseKeeper.hear({ service, instance: '', epoch: 7, atMs: stage.clock.nowMs(), isLeaving: false }); };
    beat('scheduler');
    beat('collision');
    stage.report();
    stage.clock.advance(1000);
    for (let turn = 0; stage.leases.length === 0 && turn < 5000; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(JSON.parse(stage.leases[0]!)).toEqual({ epoch: 7, sequence: expect.any(Number) as number, ttlMs: 3000 });
    // Collision falls silent.
    for (let second = 0; second < 6; second += 1) {
      stage.clock.advance(1000);
      beat('scheduler');
      stage.report();
    }
    const before = stage.leases.length;
    stage.clock.advance(1000);
    await stage.heardCount(0);
    expect(stage.leases.length).toBe(before);
  });
});

/** A client that is not connected: nothing leaves it. */
async function nobody(): Promise<MqttClient> {
  const { connect } = await import('mqtt');
  const client = connect('mqtt://127.0.0.1:1', { manualConnect: true });
  return client;
}
