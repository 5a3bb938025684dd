import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Connection, connections, type DeadLetter, deadLetters, type Frame, frames } from '@quaymaster/messages';
import { connectMqtt, EmbeddedBroker } from '@quaymaster/mqtt';
import { readOpenDrive } from '@quaymaster/opendrive';
import { InMemoryStateStore } from '@quaymaster/state-memory';
import { encodeFrame, vehicleTopics, type WireConnection, type WireFrame } from '@quaymaster/telemetry';
import { generateTerminal, terminalDefaults } from '@quaymaster/terminal';
import { compileMap, type VirtualMap } from '@quaymaster/virtual-map';
import type { MqttClient } from 'mqtt';
import { Registry } from 'prom-client';
import { FrameIntake } from './frame-intake.service';
import { IngestConfig } from './ingest.config';
import { IngestCounters } from './ingest-counters';

const VEHICLE = 'T-01';
const STRANGER = 'X-99';
const TURNS = 20_000;

let map: VirtualMap;
let broker: EmbeddedBroker;
let service: MqttClient;
let vehicle: MqttClient;
let stranger: MqttClient;

beforeAll(async () => {
  const read = readOpenDrive(generateTerminal({ ...terminalDefaults, cranes: 1, yardBlocks: 1, slots: 8 }).xodr);
  if (read.kind === 'refused') throw new Error(JSON.stringify(read.faults));
  const compiled = compileMap(read.network);
  if (compiled.kind === 'refused') throw new Error(JSON.stringify(compiled.faults));
  map = compiled.map;
  broker = await EmbeddedBroker.start({
    host: '127.0.0.1', port: 0,
    authenticate: async (username) => (username === 'ingest' ? { kind: 'service', name: username } : { kind: 'vehicle', vehicleId: username }),
  });
  const connect = (name: string): Promise<MqttClient> => connectMqtt({ url: `mqtt://127.0.0.1:${broker.port}`, clientId: name, username: name, password: '' });
  [service, vehicle, stranger] = await Promise.all([connect('ingest'), connect(VEHICLE), connect(STRANGER)]);
}, 60_000);

afterAll(async () => {
  for (const client of [service, vehicle, stranger]) await client.endAsync(true);
  await broker.close();
});

let clock: ManualClock;
let bus: InMemoryBus;
let latest: InMemoryStateStore;
let counters: IngestCounters;
let intake: FrameIntake;
let passed: Frame[];
let letters: DeadLetter[];
let heard: Connection[];

beforeEach(async () => {
  clock = new ManualClock();
  bus = new InMemoryBus({ clock });
  latest = new InMemoryStateStore(clock);
  counters = new IngestCounters(new Registry());
  [passed, letters, heard] = [[], [], []];
  await bus.subscribe(frames, 'test', async (batch) => { passed.push(...batch.map(({ message }) => message)); });
  await bus.subscribe(deadLetters, 'test', async (batch) => { letters.push(...batch.map(({ message }) => message)); });
  await bus.subscribe(connections, 'test', async (batch) => { heard.push(...batch.map(({ message }) => message)); });
  intake = new FrameIntake({ config: IngestConfig.from({}), map, mqtt: service, isKnownVehicle: (id) => id === VEHICLE }, bus, latest, clock, counters);
  await intake.start();
});

afterEach(async () => {
  await intake.stop();
  await bus.close();
});

/** A point of the middle of a lane and the direction of driving there. */
function onLane(): { readonly block: number; readonly xM: number; readonly yM: number; readonly headingRad: number } {
  const slot = map.slots[0]!;
  return { block: slot.block, xM: slot.xM, yM: slot.yM, headingRad: slot.headingRad };
}

function frame(change: Partial<WireFrame> = {}): WireFrame {
  const { xM, yM, headingRad } = onLane();
  return {
    vehicleId: VEHICLE, bootId: 1, sequence: 1, observedAtMs: clock.nowMs() - 40, modelId: 'agv', mode: 'AUTOMATIC', xM, yM, headingRad, speedMps: 3,
    accelerationMps2: 0.25, yawRateRadPs: 0, positionSigmaM: 0.015625, hitchAnglesRad: [0.125], routeId: 'R-1', routeSM: 12, releasedToSM: 30, stopped: false,
    leaseAlive: true, epoch: 4, commandSequence: 9, errors: ['E-1'], objects: [{ objectId: 'o-1', kind: 'person', polygonM: [0, 0, 1, 0, 1, 1], vxMps: 1, vyMps: 0 }],
    ...change,
  };
}

/** Lets the sockets turn until a claim holds. */
async function until(claim: () => boolean): Promise<void> {
  for (let turn = 0; !claim(); turn += 1) {
    if (turn > TURNS) throw new Error('it did not come to hold');
    await new Promise((resolve) => { setImmediate(resolve); });
  }
}

async function send(payload: Uint8Array, from = VEHICLE, client = vehicle): Promise<void> {
  const taken = counters.taken;
  await client.publishAsync(vehicleTopics.frame(from), Buffer.from(payload), { qos: 0 });
  await until(() => counters.taken > taken);
  await bus.idle();
}

it('puts a good frame on the bus with its place on the map, and keeps it as the latest state', async () => {
  const wire = frame();
  await send(encodeFrame(wire));
  const { block } = onLane();
  expect(passed).toEqual([{ ...wire, receivedAtMs: clock.nowMs(), match: { block, sM: expect.any(Number) as number, tM: expect.any(Number) as number } }]);
  expect(Math.abs(passed[0]!.match!.tM)).toBeLessThan(0.5);
  expect(await latest.get(`vehicle:${VEHICLE}`)).toEqual(passed[0]);
  expect([counters.accepted, letters]).toEqual([1, []]);
});

it.each([
  ['is away', () => Promise.reject(new Error('the cache is away'))],
  ['hangs', () => new Promise<never>(() => undefined)],
])('waits for no cache: one that %s delays no frame, and a frame that comes again is refused all the same', async (_, put) => {
  latest.put = put;
  await send(encodeFrame(frame()));
  await send(encodeFrame(frame()));
  await send(encodeFrame(frame({ sequence: 2 })));
  expect(passed.map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect([...counters.refused]).toEqual([['QM_FRAME_DUPLICATE', 1]]);
});

it('takes no frame that the broker has kept: nobody knows from when it is', async () => {
  const told = new Promise<unknown>((resolve) => {
    service.handleMessage({ cmd: 'publish', topic: vehicleTopics.frame(VEHICLE), payload: Buffer.from(encodeFrame(frame())), qos: 0, dup: false, retain: true }, resolve);
  });
  expect(await told).toBeUndefined();
  await bus.idle();
  expect([passed, counters.accepted, [...counters.refused]]).toEqual([[], 0, [['QM_FRAME_RETAINED', 1]]]);
});

it('goes on reading while the bus takes nothing, and then has the newest frames and not the oldest', async () => {
  let open: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => { open = resolve; });
  const publish = bus.publish.bind(bus);
  bus.publish = async (...message: Parameters<typeof publish>) => {
    await closed;
    return publish(...message);
  };
  for (let sequence = 1; sequence <= 9; sequence += 1) await vehicle.publishAsync(vehicleTopics.frame(VEHICLE), Buffer.from(encodeFrame(frame({ sequence }))), { qos: 0 });
  await until(() => counters.passedOver === 4);
  open();
  await until(() => counters.taken === 9);
  await bus.idle();
  expect(passed.map(({ sequence }) => sequence)).toEqual([1, 6, 7, 8, 9]);
});

it('says of a vehicle off all lanes that it is on none', async () => {
  const [minXM, minYM] = map.boundsM;
  await send(encodeFrame(frame({ xM: minXM - 20, yM: minYM - 20 })));
  expect(passed[0]?.match).toBeNull();
});

it('lets the latest state lapse a minute after the last frame', async () => {
  await send(encodeFrame(frame()));
  clock.advance(60_000);
  expect(await latest.get(`vehicle:${VEHICLE}`)).toBeUndefined();
});

const refusals: readonly { readonly code: string; readonly because: string; readonly payload: () => Uint8Array; readonly isStranger?: boolean }[] = [
  { code: 'QM_FRAME_MALFORMED', because: 'the bytes are no protobuf', payload: () => Buffer.from([0xff, 0xff, 0xff]) },
  { code: 'QM_FRAME_MALFORMED', because: 'it is cut off', payload: () => encodeFrame(frame()).subarray(0, 40) },
  { code: 'QM_FRAME_VERSION', because: 'it is empty', payload: () => Buffer.alloc(0) },
  { code: 'QM_FRAME_TOO_LARGE', because: 'it has 70,000 bytes', payload: () => Buffer.alloc(70_000) },
  { code: 'QM_FRAME_FOREIGN', because: 'it speaks in the name of another', payload: () => encodeFrame(frame({ vehicleId: 'T-02' })) },
  { code: 'QM_FRAME_UNKNOWN_VEHICLE', because: 'nobody knows the vehicle', payload: () => encodeFrame(frame({ vehicleId: STRANGER })), isStranger: true },
  { code: 'QM_FRAME_NOT_FINITE', because: 'a number is none', payload: () => encodeFrame(frame({ yM: NaN })) },
  { code: 'QM_FRAME_SPEED', because: 'no vehicle is that fast', payload: () => encodeFrame(frame({ speedMps: 90 })) },
  { code: 'QM_FRAME_FUTURE', because: 'it was observed tomorrow', payload: () => encodeFrame(frame({ observedAtMs: clock.nowMs() + 86_400_000 })) },
  { code: 'QM_FRAME_FIELD', because: 'an object is a dragon', payload: () => encodeFrame(frame({ objects: [{ objectId: 'o', kind: 'dragon', polygonM: [0, 0, 1, 0, 1, 1], vxMps: 0, vyMps: 0 }] })) },
  { code: 'QM_FRAME_FIELD', because: 'it has no model', payload: () => encodeFrame(frame({ modelId: '' })) },
  { code: 'QM_FRAME_FIELD', because: 'its boot is no exact integer', payload: () => encodeFrame(frame({ bootId: 2 ** 60 })) },
  { code: 'QM_FRAME_FIELD', because: 'its last possible sequence comes with an error text that is too long', payload: () => encodeFrame(frame({ sequence: 2 ** 32 - 1, errors: ['e'.repeat(201)] })) },
];

it.each(refusals)('counts $code, writes a dead letter and takes the next good frame when $because', async ({ code, payload, isStranger = false }) => {
  const bytes = payload();
  const from = isStranger ? STRANGER : VEHICLE;
  await send(bytes, from, isStranger ? stranger : vehicle);
  expect([...counters.refused]).toEqual([[code, 1]]);
  expect(passed).toEqual([]);
  expect(await latest.list('vehicle:')).toEqual(new Map());
  expect(letters).toEqual([expect.objectContaining({ errorCode: code, key: from, sourceTopic: 'mqtt:frame', bodyBase64: Buffer.from(bytes.subarray(0, 4096)).toString('base64') })]);
  await send(encodeFrame(frame({ sequence: 2 })));
  expect(passed.map(({ sequence }) => sequence)).toEqual([2]);
});

it('counts every refusal of a burst, and writes five dead letters a second of them', async () => {
  for (let i = 0; i < 8; i += 1) await send(Buffer.from([0xff]));
  expect([counters.refused.get('QM_FRAME_MALFORMED'), letters.length]).toEqual([8, 5]);
  clock.advance(1000);
  await send(Buffer.from([0xff]));
  expect(letters.length).toBe(6);
});

it('refuses what exceeds a vehicle’s rate, and takes its frames again a second later', async () => {
  for (let sequence = 1; sequence <= 32; sequence += 1) await send(encodeFrame(frame({ sequence })));
  expect([counters.accepted, counters.refused.get('QM_FRAME_RATE')]).toEqual([30, 2]);
  clock.advance(1000);
  await send(encodeFrame(frame({ sequence: 33 })));
  expect(passed.at(-1)?.sequence).toBe(33);
});

it('hears a second report of the same sequence once', async () => {
  await send(encodeFrame(frame()));
  await send(encodeFrame(frame()));
  expect([passed.length, counters.refused.get('QM_FRAME_DUPLICATE')]).toEqual([1, 1]);
});

describe('connection messages', () => {
  const online = (change: Partial<WireConnection> = {}): string => JSON.stringify({ vehicleId: VEHICLE, bootId: 3, modelId: 'agv', state: 'ONLINE', atMs: clock.nowMs(), ...change });
  const say = (text: string): Promise<unknown> => vehicle.publishAsync(vehicleTopics.connection(VEHICLE), text, { qos: 1 });

  it('come out on the bus', async () => {
    await say(online());
    await until(() => heard.length > 0);
    expect(heard).toEqual([JSON.parse(online())]);
  });

  it('are refused when they are no JSON, of no known state, in the name of another or of an unknown vehicle; the next good one passes', async () => {
    for (const text of ['', '{', '[]', 'null', online({ vehicleId: 'T-02' }), online().replace('ONLINE', 'ASLEEP'), online({ bootId: -1 }), online({ modelId: '' })]) await say(text);
    await stranger.publishAsync(vehicleTopics.connection(STRANGER), online({ vehicleId: STRANGER }), { qos: 1 });
    await say(online({ state: 'OFFLINE' }));
    await until(() => heard.length > 0);
    expect(heard.map(({ vehicleId, state }) => [vehicleId, state])).toEqual([[VEHICLE, 'OFFLINE']]);
  });
});
