import { frames, type Frame, type Heartbeat, type RunningPlan } from '@quaymaster/messages';
import type { VehicleModel } from '@quaymaster/motion';
import { Peers } from '@quaymaster/nest-platform';
import { type Cancel, Clock, MessageBus, type Subscription } from '@quaymaster/ports';
import { compileMap, type Cubic } from '@quaymaster/virtual-map';
import { Registry } from 'prom-client';
import { AlarmLine } from './alarm-line.service';
import { CollisionConfig } from './collision.config';
import { CollisionCounters } from './collision-counters';
import { CollisionMonitor } from './collision-monitor.service';
import { Ground } from './ground';
import { Territory } from './territory';

/**
 * What one of several predictors costs in processor time for each second of a site's traffic: 1,000 vehicles that report ten times a second, on a paved square of
 * 2 km; decoding its frames, and everything else. Seeded, warmed; the sum of what was found is printed so that nothing is optimised away.
 */
const VEHICLES = 1000;
const SIDE_M = 2000;
const ROWS = 80;
const GAP_M = 130;
const STEP_MS = 100;
const WARM_STEPS = 20;
const STEPS = 50;

class BenchClock extends Clock {
  ms = 1_760_000_000_000;
  private readonly tasks: (() => void)[] = [];
  nowMs(): number { return this.ms; }
  monotonicMs(): number { return this.ms; }
  after(): Cancel { return () => undefined; }
  every(_: number, task: () => void): Cancel {
    this.tasks.push(task);
    return () => undefined;
  }
  sleep(): Promise<void> { return Promise.resolve(); }
  /** Runs what is due each 100 ms. */
  tick(): void { for (const task of this.tasks) task(); }
}

class CountingBus extends MessageBus {
  published = 0;
  publish(): Promise<void> {
    this.published += 1;
    return Promise.resolve();
  }
  subscribe(): Promise<Subscription> { return Promise.resolve({ close: () => Promise.resolve() }); }
  idle(): Promise<void> { return Promise.resolve(); }
  close(): Promise<void> { return Promise.resolve(); }
}

const limits = { maximumSpeedMps: 8.3, accelerationMps2: 0.7, brakingMps2: 1.5 };
const box = (frontM: number, rearM: number, widthM: number): number[] => [-rearM, -widthM / 2, frontM, -widthM / 2, frontM, widthM / 2, -rearM, widthM / 2];
const model: VehicleModel & { parts: { contourM: number[]; axleBehindHitchM: number; hitchForwardM: number }[] } = {
  id: 'tractor',
  parts: [{ contourM: box(4.2, 1.4, 2.6), axleBehindHitchM: 0, hitchForwardM: 0.4 }, { contourM: box(0.9, 11.7, 2.6), axleBehindHitchM: 8, hitchForwardM: 0 }],
  frontM: 4.2, rearM: 11.3, widthM: 2.6, ...limits,
};

/** A square of pavement. */
function pavement() {
  const constant = (a: number): Cubic => ({ sM: 0, a, b: 0, c: 0, d: 0 });
  const lane = (id: number) => ({ id, type: 'driving', widths: id === 0 ? [] : [constant(SIDE_M / 2)], borders: [], predecessorId: null, successorId: null, speedLimits: [] });
  const compiled = compileMap({
    name: 'pavement', revision: { major: 1, minor: 8 }, geoReference: '', junctions: [],
    roads: [{
      id: '1', name: 'pavement', junctionId: null, lengthM: SIDE_M, leftHandTraffic: false, planView: [{ kind: 'line', sM: 0, xM: 0, yM: 0, headingRad: 0, lengthM: SIDE_M }],
      elevation: [], superelevation: [], laneOffset: [], sections: [{ sM: 0, lanes: [lane(1), lane(0), lane(-1)] }], predecessor: null, successor: null,
      speedLimits: [{ sM: 0, limitMps: 8.3 }], objects: [], signals: [],
    }],
  });
  if (compiled.kind === 'refused') throw new Error(JSON.stringify(compiled.faults));
  return compiled.map;
}

/** Vehicles in pairs that meet in lanes 4.5 m apart, each with permission for the next 100 m. */
interface Driver { readonly plan: RunningPlan; readonly xM: number; readonly yM: number; readonly headingRad: number; readonly speedMps: number }

function drivers(): Driver[] {
  return Array.from({ length: VEHICLES }, (_, i) => {
    // Rows of lanes over the site; neighbours drive in opposite directions.
    const row = i % ROWS;
    const headingRad = row % 2 === 0 ? 0 : Math.PI;
    const yM = Math.floor(row / 2) * 45 - 900 + (row % 2) * 4.5;
    const xM = 150 + Math.floor(i / ROWS) * GAP_M + (row * 37) % GAP_M;
    const speedMps = 4 + (row % 5);
    const pathXyM = headingRad === 0 ? Array.from({ length: 400 }, (__, k) => [xM + k, yM]).flat() : Array.from({ length: 400 }, (__, k) => [xM + 200 - k, yM]).flat();
    return {
      plan: { vehicleId: `V${i}`, routeId: `R${i}`, pathXyM, limitFromSM: [0], limitMps: [8.3], publishedAtMs: 0 }, xM: pathXyM[0]!, yM, headingRad, speedMps,
    };
  });
}

function frameOf({ plan, xM, yM, headingRad, speedMps }: Driver, sequence: number, nowMs: number): Frame {
  const sM = 5 + (sequence * speedMps * STEP_MS) / 1000;
  return {
    vehicleId: plan.vehicleId, bootId: 1, sequence, observedAtMs: nowMs, receivedAtMs: nowMs, modelId: model.id, mode: 'AUTOMATIC', xM: xM + sM * Math.cos(headingRad), yM,
    headingRad, speedMps, accelerationMps2: 0, yawRateRadPs: 0, positionSigmaM: 0.03, hitchAnglesRad: [0], routeId: plan.routeId, routeSM: sM, releasedToSM: sM + 100,
    stopped: false, leaseAlive: true, epoch: 1, commandSequence: 1, errors: [], objects: [], match: null,
  };
}

const map = pavement();
const site = drivers();
const names = ['a', 'b', 'c', 'd'];

/** Processor time of one instance for a second of traffic [ms]: for its decoding, and for the rest. */
function measure(self: string, all: readonly string[], copies: number): { readonly decodeMs: number; readonly predictMs: number; readonly published: number } {
  const clock = new BenchClock();
  const bus = new CountingBus();
  const config = CollisionConfig.from({ QM_COLLISION_COPIES: String(copies) });
  const peers = new Peers(self, 'collision', clock);
  const beat = (instance: string): Heartbeat => ({ service: 'collision', instance, epoch: 0, atMs: clock.nowMs(), isLeaving: false });
  const counters = new CollisionCounters(new Registry());
  const territory = new Territory(peers, config);
  const monitor = new CollisionMonitor(clock, config, peers, territory, new AlarmLine(bus, clock, config, counters, peers), counters, new Ground(map));
  territory.begin();
  monitor.start();
  monitor.learnModel(model);
  for (const { plan } of site) monitor.learnPlan(plan);
  let [decodeUs, predictUs] = [0, 0];
  for (let step = 1; step <= WARM_STEPS + STEPS; step += 1) {
    clock.ms += STEP_MS;
    const wire = site.map((driver) => frames.encode(frameOf(driver, step, clock.ms)));
    const began = process.cpuUsage();
    const decoded = wire.map((bytes) => frames.decode(bytes));
    const read = process.cpuUsage(began);
    if (step % 10 === 1) for (const name of all) monitor.hearPeer(beat(name));
    const from = process.cpuUsage();
    for (const frame of decoded) monitor.report(frame);
    clock.tick();
    const spent = process.cpuUsage(from);
    if (step <= WARM_STEPS) continue;
    decodeUs += read.user + read.system;
    predictUs += spent.user + spent.system;
  }
  const seconds = (STEPS * STEP_MS) / 1000;
  return { decodeMs: decodeUs / 1000 / seconds, predictMs: predictUs / 1000 / seconds, published: bus.published };
}

measure('a', ['a'], 1);
for (const [count, copies] of [[1, 1], [2, 1], [2, 2], [4, 1], [4, 2]] as const) {
  const all = names.slice(0, count);
  const each = all.map((self) => measure(self, all, copies));
  const [decodeMs, predictMs] = [each.map((one) => one.decodeMs), each.map((one) => one.predictMs)];
  const mean = (values: number[]): string => (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(0);
  console.log(
    `${count} instances, ${copies} on each cell: an instance spends ${mean(decodeMs)} ms a second on decoding, ${mean(predictMs)} ms on prediction (most ${Math.max(...predictMs).toFixed(0)} ms);`
    + ` ${each.reduce((sum, one) => sum + one.published, 0)} messages`,
  );
}
