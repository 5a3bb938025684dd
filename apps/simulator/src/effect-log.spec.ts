import { ManualClock } from '@quaymaster/clock';
import type { WireCommand } from '@quaymaster/telemetry';
import { ControlPlane } from '../testing/control-plane';
import { DriveTrain } from './drive-train';
import type { Effect, Motion, UnsafeVehicle, VehicleRecord } from './effect-log';
import { SimulatedVehicle } from './simulated-vehicle';
import { VehicleComputer } from './vehicle-computer';
import { agv } from './vehicle-kind';

const STEP_MS = 20;
type Params = WireCommand['params'];
const stop: Params = { kind: 'stop', reason: 'test' };
const resume: Params = { kind: 'resume' };
const route = (startSM = 0): Params => ({ kind: 'route', routeId: 'R', pathXyM: [0, 0, 300, 0], limitFromSM: [0], limitMps: [8], startSM });

function bench(unsafe?: UnsafeVehicle) {
  const clock = new ManualClock();
  const train = new DriveTrain(agv, 0, 0, 0);
  const entries: (Effect | Motion)[] = [];
  const computer = new VehicleComputer(train, clock, () => undefined, { unsafe, log: (entry) => { entries.push(entry); } });
  const step = (): void => {
    clock.advance(STEP_MS);
    computer.step(STEP_MS / 1000);
  };
  /** Says a command, and what was taken down until the end of its control step. */
  const send = (commandId: string, params: Params, sequence: number, epoch = 1): string[] => {
    const before = entries.length;
    computer.receiveCommand(JSON.stringify({ commandId, sequence, epoch, issuedAtMs: 5, ttlMs: 5000, params }));
    step();
    return entries.slice(before).map(words);
  };
  return { train, computer, entries, step, send };
}

const words = (entry: Effect | Motion): string => (entry.kind === 'effect' ? `${entry.commandId} ${entry.outcome}` : `${entry.stopped ? 'stopped' : 'lifted'} by ${entry.cause} ${entry.commandId}`.trim());

describe('what a vehicle takes down', () => {
  it('is each command with what came of it, and why its stop changed', () => {
    const { send, entries } = bench();
    expect(send('s', stop, 1, 0)).toEqual(['s applied', 'stopped by stop s']);
    expect(send('t', stop, 2, 0)).toEqual(['t applied']);
    expect(send('r', resume, 3)).toEqual(['r applied', 'lifted by resume r']);
    expect(send('A', route(), 4)).toEqual(['A applied']);
    expect(send('rel', { kind: 'release', routeId: 'R', releasedToSM: 10 }, 5)).toEqual(['rel applied']);
    expect(entries[0]).toEqual({ kind: 'effect', commandId: 's', command: 'stop', sequence: 1, epoch: 0, issuedAtMs: 5, outcome: 'applied', because: 'stands' });
  });

  it('tells a known id and a refused command from one that took effect, with the reason', () => {
    const { send, train, entries } = bench();
    send('s', stop, 5, 2);
    expect(send('s', stop, 5, 2)).toEqual(['s repeated']);
    expect(send('old', resume, 9, 1)).toEqual(['old refused']);
    expect(entries.at(-1)).toMatchObject({ because: 'epoch 1 is over, 2 is in force' });
    expect(send('behind', resume, 5, 2)).toEqual(['behind refused']);
    expect(send('far', route(90), 6, 2)).toEqual(['far refused']);
    train.inject('ignore-release');
    expect(send('A', route(), 7, 2)).toEqual(['A refused']);
    expect(entries.at(-1)).toMatchObject({ because: 'its route control does not respond' });
  });

  it('has the lapse of a lease, a reboot and the hands of the crew as causes', () => {
    const { computer, step, entries, send } = bench();
    send('A', route(), 1);
    send('rel', { kind: 'release', routeId: 'R', releasedToSM: 100 }, 2);
    entries.length = 0;
    computer.receiveLease(JSON.stringify({ epoch: 1, sequence: 1, ttlMs: 50 }));
    for (let i = 0; i < 4; i += 1) step();
    send('r1', resume, 3);
    computer.reboot();
    send('r2', resume, 4);
    computer.stopByHand();
    computer.stopByHand();
    expect(entries.map(words).filter((text) => text.includes(' by '))).toEqual([
      'stopped by lease-lapse', 'lifted by resume r1', 'stopped by reboot', 'lifted by resume r2', 'stopped by hand',
    ]);
  });

  it.each<{ when: string; params: Params | null; then: string }>([
    { when: 'with the next control step', params: null, then: 'lifted by unexplained' },
    { when: 'before the next command', params: stop, then: 'lifted by unexplained' },
  ])('has a stop that nothing has lifted, $when', ({ params, then }) => {
    const { send, train, entries, step } = bench();
    send('s', stop, 1);
    entries.length = 0;
    train.stopped = false;
    if (params === null) step();
    else send('t', params, 2);
    expect(words(entries[0]!)).toBe(then);
  });
});

describe('a vehicle that does without', () => {
  it.each<{ protection: string; unsafe: UnsafeVehicle; outcomes: string[] }>([
    { protection: 'nothing', unsafe: {}, outcomes: ['a repeated', 'stale refused', 'used refused'] },
    { protection: 'deduplication', unsafe: { withoutDeduplication: true }, outcomes: ['a applied', 'stale refused', 'used refused'] },
    { protection: 'a check of the epoch', unsafe: { withoutEpoch: true }, outcomes: ['a repeated', 'stale applied', 'used refused'] },
  ])('$protection carries out what that keeps away, and nothing else', ({ unsafe, outcomes }) => {
    const { send } = bench(unsafe);
    expect(send('a', resume, 5, 2)).toEqual(['a applied']);
    expect([send('a', resume, 5, 2), send('stale', resume, 4, 1), send('used', resume, 5, 2)].flat()).toEqual(outcomes);
  });
});

describe('a simulated vehicle', () => {
  it('takes down when its frames begin to leave it and when they leave it no more, in each boot', async () => {
    const clock = new ManualClock();
    const plane = await ControlPlane.start(new Map([['AGV-001', 'secret']]));
    const records: VehicleRecord[] = [];
    const vehicle = new SimulatedVehicle({
      credentials: { vehicleId: 'AGV-001', password: 'secret', modelId: agv.id, slotId: '' }, kind: agv, pose: { xM: 0, yM: 0, headingRad: 0 },
      brokerUrl: plane.url, clock, framePeriodMs: 100, framePhaseMs: 30, positionSigmaM: 0, seed: 1, effectLog: (record) => { records.push(record); },
    });
    const fromMs = clock.nowMs();
    const { bootId } = vehicle;
    await vehicle.start();
    clock.advance(330);
    vehicle.inject('breakdown');
    clock.advance(200);
    await vehicle.repair();
    clock.advance(130);
    await vehicle.stop();
    await plane.stop();
    const own = { vehicleId: 'AGV-001', bootId };
    expect(records.map(({ at, ...rest }) => ({ afterMs: at - fromMs, ...rest }))).toEqual([
      { afterMs: 30, ...own, kind: 'reporting', reporting: true },
      { afterMs: 430, ...own, kind: 'reporting', reporting: false },
      { afterMs: 530, ...own, kind: 'motion', stopped: true, cause: 'hand', commandId: '' },
      { afterMs: 560, ...own, bootId: bootId + 1, kind: 'reporting', reporting: true },
      { afterMs: 660, ...own, bootId: bootId + 1, kind: 'reporting', reporting: false },
    ]);
  });
});
