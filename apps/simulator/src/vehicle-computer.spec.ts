import { ManualClock } from '@quaymaster/clock';
import type { WireCommand } from '@quaymaster/telemetry';
import { DriveTrain } from './drive-train';
import { type Reply, VehicleComputer } from './vehicle-computer';
import { agv } from './vehicle-kind';

type Params = WireCommand['params'];
const STEP_S = 0.02;
const resume: Params = { kind: 'resume' };
const stop: Params = { kind: 'stop', reason: 'test' };
const release = (releasedToSM: number, routeId = 'R'): Params => ({ kind: 'release', routeId, releasedToSM });
const route = (change: Partial<Extract<Params, { kind: 'route' }>> = {}): Params => ({
  kind: 'route', routeId: 'R', pathXyM: [0, 0, 300, 0], limitFromSM: [0], limitMps: [8], startSM: 0, ...change,
});

function bench() {
  const clock = new ManualClock();
  const train = new DriveTrain(agv, 0, 0, 0);
  const replies: Reply[] = [];
  const computer = new VehicleComputer(train, clock, (reply) => { replies.push(reply); });
  let serial = 0;
  const step = (seconds = STEP_S): void => {
    for (let k = 0; k < Math.round(seconds / STEP_S); k += 1) {
      clock.advance(STEP_S * 1000);
      computer.step(STEP_S);
    }
  };
  /** Sends one command, gives it one control step, and returns the states that came back. */
  const send = (params: Params, change: Partial<WireCommand> = {}): string => {
    serial += 1;
    const command: WireCommand = { commandId: `c${serial}`, sequence: serial, epoch: 1, issuedAtMs: 0, ttlMs: 5000, params, ...change };
    const before = replies.length;
    computer.receiveCommand(JSON.stringify(command));
    step();
    return replies.slice(before).filter((reply) => reply.commandId === command.commandId).map((reply) => reply.state).join(' ');
  };
  const lease = (sequence: number, ttlMs = 60_000, epoch = 1): void => { computer.receiveLease(JSON.stringify({ epoch, sequence, ttlMs })); };
  const underWay = (): void => {
    send(route());
    send(release(250));
    lease(1);
    step(8);
    expect(train.speedMps).toBeGreaterThan(5);
  };
  return { clock, train, replies, computer, step, send, lease, underWay };
}

describe('the accept rule of a vehicle', () => {
  it.each([
    { params: resume, change: { epoch: 5, sequence: 11 }, answer: 'received finished', because: 'it is next in order' },
    { params: resume, change: { epoch: 5, sequence: 10 }, answer: 'rejected', because: 'the sequence has been used' },
    { params: resume, change: { epoch: 5, sequence: 3 }, answer: 'rejected', because: 'the sequence is behind' },
    { params: resume, change: { epoch: 4, sequence: 99 }, answer: 'rejected', because: 'the epoch is over' },
    { params: resume, change: { epoch: 6, sequence: 1 }, answer: 'received finished', because: 'a new epoch counts from the beginning' },
    { params: stop, change: { epoch: 0, sequence: 0 }, answer: 'received finished', because: 'a stop needs neither epoch nor sequence' },
    { params: stop, change: { epoch: 5, sequence: 10 }, answer: 'received finished', because: 'a stop is taken out of order too' },
  ])('$answer when $because', ({ params, change, answer }) => {
    const { send } = bench();
    expect(send(resume, { epoch: 5, sequence: 10 })).toBe('received finished');
    expect(send(params, change)).toBe(answer);
  });

  it('refuses a resume that a later stop has overtaken', () => {
    const { send, train } = bench();
    send(stop, { sequence: 8, epoch: 0 });
    expect(send(resume, { sequence: 7, epoch: 1 })).toBe('received finished');
    send(stop, { sequence: 9, epoch: 1 });
    expect(send(resume, { sequence: 8, epoch: 1 })).toBe('rejected');
    expect(train.stopped).toBe(true);
  });

  it.each([
    { kind: 'resume', permission: resume }, { kind: 'route', permission: route() }, { kind: 'release', permission: release(50) },
  ])('ends stopped when a $kind crosses a stop that was issued after it, whichever comes first', ({ permission }) => {
    for (const stopFirst of [true, false]) {
      const { send, train } = bench();
      send(route());
      const give = (): string => send(permission, { issuedAtMs: 999 });
      if (stopFirst) send(stop, { sequence: 0, epoch: 0, issuedAtMs: 1000 });
      expect(give()).toBe(stopFirst ? 'rejected' : 'received finished');
      if (!stopFirst) send(stop, { sequence: 0, epoch: 0, issuedAtMs: 1000 });
      expect(train.stopped).toBe(true);
    }
  });

  it('refuses what waited longer than its time to live, but never a stop', () => {
    const { clock, computer, replies } = bench();
    const command = { sequence: 1, epoch: 1, issuedAtMs: 0, ttlMs: 1000 };
    computer.receiveCommand(JSON.stringify({ ...command, commandId: 'late', params: resume }));
    clock.advance(1001);
    computer.receiveCommand(JSON.stringify({ ...command, commandId: 'stop', params: stop }));
    computer.step(STEP_S);
    expect(replies.map(({ commandId, state }) => `${commandId} ${state}`)).toEqual(['stop received', 'stop finished', 'late rejected']);
    expect(replies[2]!.because).toMatch(/^expired/);
  });

  it('answers a known id as before, whatever came with it', () => {
    const { send, train } = bench();
    send(route(), { commandId: 'A' });
    expect(send(release(50), { commandId: 'A' })).toBe('finished');
    expect(train.releasedToSM).toBe(0);
    expect(send(resume, { commandId: 'B', epoch: 0 })).toBe('rejected');
    expect(send(resume, { commandId: 'B' })).toBe('rejected');
  });
});

describe('permission that crosses a stop', () => {
  it.each([['resume', resume], ['release', release(50)], ['route', route()]])('a %s that was issued before the newest stop is refused, in whatever order they arrive', (_, params) => {
    const { send, train, computer } = bench();
    send(route());
    expect(send(stop, { epoch: 0, sequence: 0, issuedAtMs: 1000 })).toBe('received finished');
    // One that was asked for earlier and comes later makes no difference.
    expect(send(stop, { epoch: 0, sequence: 0, issuedAtMs: 200 })).toBe('received finished');
    expect(send(params, { issuedAtMs: 999 })).toBe('rejected');
    computer.reboot();
    expect(send(params, { issuedAtMs: 999 })).toBe('rejected');
    expect(train.stopped).toBe(true);
    expect(send(resume, { issuedAtMs: 1000 })).toBe('received finished');
    expect(train.stopped).toBe(false);
  });
});

describe('routes and releases', () => {
  it.each([
    { change: {}, answer: 'received finished', because: 'it starts under the vehicle' },
    { change: { pathXyM: [0, 0.9, 300, 0.9] }, answer: 'received finished', because: 'it starts 0.9 m beside' },
    { change: { pathXyM: [0, 1.1, 300, 1.1] }, answer: 'rejected', because: 'it starts 1.1 m beside' },
    { change: { pathXyM: [0, 0, 200, 100] }, answer: 'received finished', because: 'it leads off by 0.46 rad' },
    { change: { pathXyM: [0, 0, 200, 130] }, answer: 'rejected', because: 'it leads off by 0.58 rad' },
    { change: { pathXyM: [300, 0, 0, 0], startSM: 300 }, answer: 'rejected', because: 'it leads the other way' },
    { change: { startSM: 20 }, answer: 'rejected', because: 'the vehicle is 20 m behind its start' },
    { change: { pathXyM: [-50, 0, 300, 0], startSM: 30 }, answer: 'rejected', because: 'it stands 20 m further on and has not driven' },
    { change: { pathXyM: [0, 0, 0, 0] }, answer: 'rejected', because: 'it has no length' },
    { change: { limitFromSM: [0, 10] }, answer: 'rejected', because: 'a limit has no speed' },
  ])('a route is $answer when $because', ({ change, answer }) => {
    expect(bench().send(route(change))).toBe(answer);
  });

  it('joins a new route while it moves, where it is by then', () => {
    const { send, train, underWay, step } = bench();
    underWay();
    const plannedSM = train.sM;
    step(2);
    expect(send(route({ routeId: 'R2', startSM: plannedSM }))).toBe('received finished');
    expect(train.path!.routeId).toBe('R2');
    expect(train.sM - plannedSM).toBeGreaterThan(10);
    expect(train.body.poses[0]!.xM).toBeCloseTo(train.sM, 3);
  });

  it('takes a release for its own route only, and never backwards', () => {
    const { send, train } = bench();
    expect(send(release(10))).toBe('rejected');
    send(route());
    expect(send(release(10, 'other'))).toBe('rejected');
    expect(send(release(40))).toBe('received finished');
    expect(send(release(30))).toBe('rejected');
    expect(send(release(40))).toBe('received finished');
    expect(train.releasedToSM).toBe(40);
  });

  it('cannot take a route while its route control has failed', () => {
    const { send, train, underWay } = bench();
    underWay();
    train.inject('ignore-release');
    expect(send(route({ routeId: 'R2', startSM: train.sM }))).toBe('received failed');
    expect(train.path!.routeId).toBe('R');
  });
});

describe('stop, resume and lease', () => {
  it('says that a stop failed when a resume lifts it before standstill', () => {
    const { send, replies, underWay, train } = bench();
    underWay();
    expect(send(stop)).toBe('received running');
    expect(send(resume)).toBe('received finished');
    expect(replies.find((reply) => reply.state === 'failed')!.because).toMatch(/before it stood/);
    expect(train.stopped).toBe(false);
  });

  it('brakes at 1.5 m/s2 on a stop, from the control step after its receipt', () => {
    const { send, train, underWay, step } = bench();
    underWay();
    const { speedMps } = train;
    send(stop);
    step(1);
    expect(train.speedMps).toBeCloseTo(speedMps - 1.5 * 1.02, 6);
  });

  it('is stopped by a lapse while it waits with permission, as much as while it moves', () => {
    const { send, lease, train, step } = bench();
    lease(1, 30);
    send(route());
    expect(train).toMatchObject({ leaseAlive: true, stopped: false });
    send(release(250));
    expect(train).toMatchObject({ leaseAlive: false, stopped: true, sM: 0 });
    lease(2);
    step(8);
    expect(train.sM).toBe(0);
  });

  it.each([
    { epoch: 1, sequence: 5, alive: false, because: 'the sequence has been used' },
    { epoch: 1, sequence: 6, alive: true, because: 'it is newer' },
    { epoch: 0, sequence: 9, alive: false, because: 'its epoch is over' },
    { epoch: 2, sequence: 1, alive: true, because: 'its epoch is newer' },
  ])('a lease that $because decides: alive $alive', ({ epoch, sequence, alive }) => {
    const { lease, computer, clock } = bench();
    lease(5, 1000);
    lease(sequence, 5000, epoch);
    clock.advance(1500);
    expect(computer.lease.isAlive).toBe(alive);
  });

  it('takes a lease that counts anew once the old one has lapsed', () => {
    const { lease, computer, clock } = bench();
    lease(5, 1000);
    clock.advance(1001);
    lease(1, 1000);
    expect(computer.lease.isAlive).toBe(true);
  });

  it('refuses a lease of an epoch before that of its commands', () => {
    const { lease, computer, send } = bench();
    send(resume, { epoch: 3 });
    lease(1, 1000, 2);
    expect(computer.lease.isAlive).toBe(false);
  });

  it('ends an epoch by a lease of the next: no command of it is obeyed any more, had it one of the new epoch or not', () => {
    const { lease, send } = bench();
    expect(send(resume, { epoch: 1, sequence: 4 })).toBe('received finished');
    lease(1, 1000, 2);
    expect(send(resume, { epoch: 1, sequence: 5 })).toBe('rejected');
    expect(send(resume, { epoch: 2, sequence: 1 })).toBe('received finished');
    expect(send(stop, { epoch: 0, sequence: 0 })).toBe('received finished');
  });

  it('keeps the order of an epoch whose lease is renewed, and learns nothing from a lease that it refuses', () => {
    const { lease, send } = bench();
    expect(send(resume, { epoch: 2, sequence: 4 })).toBe('received finished');
    lease(1, 1000, 2);
    expect(send(resume, { epoch: 2, sequence: 3 })).toBe('rejected');
    lease(2, 1000, 1);
    expect(send(resume, { epoch: 2, sequence: 5 })).toBe('received finished');
  });
});
