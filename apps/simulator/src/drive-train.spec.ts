import fc from 'fast-check';
import { DriveTrain, OFF_ROUTE_M, STOP_SHORT_M } from './drive-train';
import { GuidePath } from './guide-path';
import { agv, terminalTractor, type VehicleKind } from './vehicle-kind';

const STEP_S = 0.02;

function straight(lengthM = 400, limitMps = 8): GuidePath {
  return new GuidePath('R', [0, 0, lengthM, 0], [0], [limitMps]);
}

function circle(radiusM: number, turns: number): GuidePath {
  const points = Math.ceil(turns * 720);
  const xyM = Array.from({ length: points + 1 }, (_, i) => {
    const angle = (turns * 2 * Math.PI * i) / points;
    return [radiusM * Math.sin(angle), radiusM * (1 - Math.cos(angle))];
  }).flat();
  return new GuidePath('C', xyM, [0], [4]);
}

function ready(path: GuidePath, kind: VehicleKind = agv): DriveTrain {
  const train = new DriveTrain(kind, 0, 0, 0);
  train.leaseAlive = true;
  train.follow(path, 0);
  return train;
}

function drive(train: DriveTrain, seconds: number, each: () => void = () => undefined): void {
  for (let k = 0; k < Math.round(seconds / STEP_S); k += 1) {
    train.step(STEP_S);
    each();
  }
}

describe('the drive train', () => {
  it('takes 8 / 0.7 = 11.4 s to 8 m/s, and 8^2 / (2 * 1.5) = 21.3 m to stand', () => {
    const train = ready(straight());
    train.releasedToSM = 400;
    drive(train, 11.3);
    expect(train.speedMps).toBeLessThan(8);
    drive(train, 0.3);
    expect(train.speedMps).toBe(8);
    const from = train.sM;
    train.stopped = true;
    drive(train, 8);
    expect(train.standsStill).toBe(true);
    expect(train.sM - from).toBeCloseTo(21.33, 1);
  });

  it('stands short of the end of its permission by 0.15 m, and goes on when it moves on', () => {
    const train = ready(straight());
    train.releasedToSM = 100;
    drive(train, 40);
    expect(train.standsStill).toBe(true);
    expect(train.sM).toBeCloseTo(100 - STOP_SHORT_M, 1);
    train.releasedToSM = 120;
    drive(train, 20);
    expect(train.sM).toBeCloseTo(120 - STOP_SHORT_M, 1);
  });

  it('never passes the end of its permission, however the permissions come', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: 100 })), { minLength: 1, maxLength: 12 });
    fc.assert(fc.property(steps, fc.constantFrom(0.02, 0.05, 0.1), (grants, stepS) => {
      const train = ready(straight(2000));
      let passedM = -Infinity;
      for (const [millimetres, count] of grants) {
        train.releasedToSM += millimetres / 1000;
        for (let k = 0; k < count; k += 1) {
          train.step(stepS);
          passedM = Math.max(passedM, train.sM - train.releasedToSM);
        }
      }
      expect(passedM).toBeLessThanOrEqual(0);
    }), { numRuns: 200 });
  });

  it('has slowed down to a lower limit where that begins', () => {
    const train = ready(new GuidePath('R', [0, 0, 300, 0], [0, 150], [8, 3]));
    train.releasedToSM = 300;
    drive(train, 80, () => {
      if (train.sM >= 150) expect(train.speedMps).toBeLessThanOrEqual(3.05);
    });
    expect(train.sM).toBeGreaterThan(290);
  });

  it('moves only with a lease', () => {
    const train = ready(straight());
    train.releasedToSM = 400;
    train.leaseAlive = false;
    drive(train, 5);
    expect(train.sM).toBe(0);
    train.leaseAlive = true;
    drive(train, 5);
    train.leaseAlive = false;
    drive(train, 5);
    expect(train.standsStill).toBe(true);
  });

  it('pulls its trailer round a circle of 15 m as a towed axle follows: the hitch runs at hypot(15, 0.4), the trailer turns in by asin(8 / that)', () => {
    const train = ready(circle(15, 3), terminalTractor);
    train.releasedToSM = 1000;
    drive(train, 60);
    // Fifth wheel 0.4 m ahead of the axle: it moves atan(0.4 / 15) outwards of the tractor's heading, the trailer trails its own motion by asin(8 / hypot).
    const hitchRadiusM = Math.hypot(15, 0.4);
    const expected = Math.atan(0.4 / 15) - Math.asin(8 / hitchRadiusM);
    expect(train.body.hitchAnglesRad[0]).toBeCloseTo(expected, 2);
  });

  it('straightens its trailer on a straight as tan(angle / 2) decays by exp(-d / 8)', () => {
    const train = ready(straight(), terminalTractor);
    const startRad = 0.6;
    train.body.poses[1]!.headingRad = startRad;
    train.releasedToSM = 16;
    drive(train, 30);
    const expected = 2 * Math.atan(Math.tan(startRad / 2) * Math.exp(-train.sM / 8));
    expect(-train.body.hitchAnglesRad[0]!).toBeLessThan(0);
    expect(train.body.hitchAnglesRad[0]).toBeCloseTo(expected, 2);
  });

  it('leaves its path by 3.5 m to the left when its lane keeping fails, and is driven back when it is repaired', () => {
    const train = ready(straight());
    train.releasedToSM = 400;
    drive(train, 8);
    train.inject('off-route');
    drive(train, 6);
    expect(train.body.poses[0]!.yM).toBeCloseTo(OFF_ROUTE_M, 3);
    train.stopped = true;
    drive(train, 8);
    expect(train.standsStill).toBe(true);
    expect(train.repair()).toBe(false);
    expect(train.fault).toBe('recovering');
    let fastestMps = 0;
    drive(train, 40, () => { fastestMps = Math.max(fastestMps, train.speedMps); });
    expect(train).toMatchObject({ fault: 'none', standsStill: true, stopped: true });
    expect(train.body.poses[0]!.yM).toBeCloseTo(0, 6);
    expect(fastestMps).toBeLessThanOrEqual(1.2);
  });

  it('never jumps: not when it joins a path beside it, not in a fault, not in a recovery', () => {
    const train = new DriveTrain(terminalTractor, 5, 0.8, 0.3);
    train.leaseAlive = true;
    train.follow(straight(), 5);
    train.releasedToSM = 400;
    let before = { ...train.body.poses[0]! };
    const watch = (): void => {
      const now = train.body.poses[0]!;
      expect(Math.hypot(now.xM - before.xM, now.yM - before.yM)).toBeLessThanOrEqual(train.speedMps * STEP_S * 1.2 + 0.01);
      expect(Math.abs(now.headingRad - before.headingRad)).toBeLessThan(0.05);
      before = { ...now };
    };
    drive(train, 12, watch);
    train.inject('off-route');
    drive(train, 2, watch);
    train.stopped = true;
    drive(train, 8, watch);
    train.repair();
    drive(train, 40, watch);
    expect(train.lateralOffsetM).toBeCloseTo(0, 6);
  });

  it('keeps no more permission on a new path than it needs to brake and had left on the old one', () => {
    const train = ready(straight());
    train.releasedToSM = 400;
    drive(train, 10);
    train.follow(straight(500), train.sM);
    const brakingM = train.speedMps ** 2 / 3 + STOP_SHORT_M;
    expect(train.releasedToSM - train.sM).toBeCloseTo(brakingM, 6);
    const limitM = train.releasedToSM;
    drive(train, 10);
    expect(train.standsStill).toBe(true);
    expect(train.sM).toBeLessThanOrEqual(limitM);
    train.follow(straight(500), train.sM);
    expect(train.releasedToSM).toBe(train.sM);
  });

  it('gives a copy that goes its own way', () => {
    const train = ready(circle(20, 1), terminalTractor);
    train.releasedToSM = 100;
    drive(train, 5);
    const at = train.sM;
    const twin = train.copy();
    drive(twin, 5);
    expect(train.sM).toBe(at);
    drive(train, 5);
    expect(train.body.poses).toEqual(twin.body.poses);
  });
});
