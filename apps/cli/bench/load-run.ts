import { performance } from 'node:perf_hooks';
import { encodeFrame, type WireCommand } from '@quaymaster/telemetry';
import { agv } from '@quaymaster/simulator';
import { passwordOf } from '../src/run/run-simulator';
import { GROUND_HALF_WIDTH_M } from './load-ground';
import { LoadConnection } from './load-connection';
import type { LoadSite } from './load-site';
import { LoadVehicle } from './load-vehicle';
import { machineBusyMs, processUsage } from './processor-time';

const PERIOD_MS = 100;
const REGISTERED_AT_ONCE = 16;
/** Traffic: lanes in pairs that are driven in opposite directions, none so long that its vehicle reaches the end within a run. */
const COLUMN_M = 400;
const COLUMNS = 7;
const ROW_PAIR_M = 12;
const LANE_M = 4.5;
/** Probes: each in a cell of its own, far enough from the next that what is held around one holds no other. */
const PROBE_CELL_M = { x: 200, y: 80 };
const PROBE_COLUMNS = 15;
const PROBE_SPEED_MPS = 6;
/** A probe's vehicle drives so long before something appears in its way. */
const APPROACH_MS = 3000;
/** Room between them at that moment, bumper to bumper [m]: the vehicle needs 12 m to a standstill, so the demand can wait for nothing. */
const ROOM_M = 16;
const WARM_UP_MS = 10_000;
/** A stop that has not come by then is counted as missing. */
const PATIENCE_MS = 5000;

export interface LoadRunOptions {
  readonly site: LoadSite;
  /** Vehicles of the traffic; those of the probes come on top. */
  readonly vehicles: number;
  readonly probes: number;
  readonly probesPerS: number;
}

export interface RoleUsage { readonly role: string; readonly instances: number; readonly cores: number; readonly residentBytes: number }

export interface LoadResult {
  /** From the report of what stands in the way, handed to the socket, to the stop command of the vehicle that drives towards it [ms], ascending. */
  readonly stopMs: readonly number[];
  readonly missing: number;
  readonly sentPerS: number;
  readonly acceptedPerS: number;
  readonly coalescedPerS: number;
  readonly refused: number;
  readonly roles: readonly RoleUsage[];
  /** Cores that the generator, and everything else on the machine, used. */
  readonly generatorCores: number;
  readonly otherCores: number;
}

interface Connected { readonly vehicle: LoadVehicle; readonly connection: LoadConnection; onStop: (() => void) | null }

/** Puts a site under the load of a fleet, and measures how soon a vehicle is stopped before what suddenly stands in its way. */
export async function runLoad(options: LoadRunOptions): Promise<LoadResult> {
  const run = new LoadRun(options);
  try {
    return await run.play();
  } finally {
    await run.close();
  }
}

class LoadRun {
  private readonly connected: Connected[] = [];
  private readonly stopMs: number[] = [];
  private readonly vehicleIds: string[] = [];
  private sent = 0;
  private missing = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: LoadRunOptions) {}

  async play(): Promise<LoadResult> {
    const { site, vehicles, probes } = this.options;
    await site.gateway.put(`/v1/vehicle-models/${agv.id}`, agv);
    const traffic = await this.connectAll(Array.from({ length: vehicles }, (_, n) => this.ofTraffic(n)));
    const pairs = await this.connectAll(Array.from({ length: probes }, (_, n) => [this.mover(n), this.obstacle(n)]).flat());
    this.begin(traffic);
    await sleep(WARM_UP_MS);
    const before = await this.meter();
    await this.probe(pairs);
    return this.result(before, await this.meter());
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.options.site.close(this.vehicleIds);
    for (const { connection } of this.connected) await connection.close();
  }

  private ofTraffic(n: number): LoadVehicle {
    const row = Math.floor(n / COLUMNS);
    const direction = row % 2 === 0 ? 1 : -1;
    const xM = 100 + (n % COLUMNS) * COLUMN_M + (direction === 1 ? 0 : COLUMN_M - 20);
    const yM = 20 + Math.floor(row / 2) * ROW_PAIR_M + (row % 2) * LANE_M;
    return this.vehicle(`T${n}`, xM, yM, direction, COLUMN_M - 20, 3 + (n % 4));
  }

  private mover(n: number): LoadVehicle {
    return this.vehicle(`M${n}`, ...placeOf(n), 1, PROBE_CELL_M.x - 60, PROBE_SPEED_MPS);
  }

  private obstacle(n: number): LoadVehicle {
    const [xM, yM] = placeOf(n);
    const drivenM = (PROBE_SPEED_MPS * APPROACH_MS) / 1000 + 10;
    return this.vehicle(`O${n}`, xM + drivenM + agv.frontM + ROOM_M + agv.rearM, yM, 1, 0, 0);
  }

  private vehicle(name: string, xM: number, yM: number, direction: 1 | -1, lengthM: number, speedMps: number): LoadVehicle {
    return new LoadVehicle({ vehicleId: `${this.options.site.vehiclePrefix}${name}`, modelId: agv.id, xM, yM, direction, lengthM, speedMps }, Date.now());
  }

  private async connectAll(vehicles: readonly LoadVehicle[]): Promise<Connected[]> {
    const all: Connected[] = [];
    const waiting = vehicles.map((vehicle, place) => ({ vehicle, place }));
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) all[next.place] = await this.connect(next.vehicle);
    };
    await Promise.all(Array.from({ length: REGISTERED_AT_ONCE }, work));
    return all;
  }

  private async connect(vehicle: LoadVehicle): Promise<Connected> {
    const { site } = this.options;
    const { vehicleId, modelId } = vehicle.start;
    this.vehicleIds.push(vehicleId);
    const password = await passwordOf(site.gateway, vehicleId, modelId);
    const { plan } = vehicle;
    if (plan !== null) await site.publishPlan({ ...plan, publishedAtMs: Date.now() });
    let one: Connected | null = null;
    const connection = await LoadConnection.open(site.brokerUrl, { vehicleId, password, modelId, bootId: vehicle.bootId }, (command) => { if (one !== null) obey(one, command); });
    one = { vehicle, connection, onStop: null };
    this.connected.push(one);
    return one;
  }

  /** Each vehicle of the traffic reports every 100 ms, all of them evenly spread over it. */
  private begin(traffic: readonly Connected[]): void {
    let sent = 0;
    const fromMs = performance.now();
    this.timer = setInterval(() => {
      const due = Math.floor(((performance.now() - fromMs) / PERIOD_MS) * traffic.length);
      // What a late timer owes is sent at once, one report a vehicle at most; a run that cannot keep up shows in what was sent.
      for (sent = Math.max(sent, due - traffic.length); sent < due; sent += 1) this.report(traffic[sent % traffic.length]!);
    }, 1);
  }

  private report({ vehicle, connection }: Connected): void {
    this.sent += 1;
    connection.frame(encodeFrame(vehicle.frame(Date.now())));
  }

  /** Starts the probes one after another; resolves when each has been answered or given up. */
  private async probe(pairs: readonly Connected[]): Promise<void> {
    const under: Promise<void>[] = [];
    for (let n = 0; n < pairs.length; n += 2) {
      under.push(this.probeOne(pairs[n]!, pairs[n + 1]!));
      await sleep(1000 / this.options.probesPerS);
    }
    await Promise.all(under);
  }

  private async probeOne(mover: Connected, obstacle: Connected): Promise<void> {
    const cancel = every(PERIOD_MS, () => { this.report(mover); });
    await sleep(APPROACH_MS);
    if (mover.vehicle.stopped) {
      this.missing += 1;
      cancel();
      return;
    }
    const stopped = new Promise<number | null>((resolve) => {
      const given = setTimeout(() => { resolve(null); }, PATIENCE_MS);
      mover.onStop = () => {
        clearTimeout(given);
        resolve(performance.now());
      };
    });
    const fromMs = performance.now();
    this.report(obstacle);
    const cancelToo = every(PERIOD_MS, () => { this.report(obstacle); });
    const atMs = await stopped;
    if (atMs === null) this.missing += 1;
    else this.stopMs.push(atMs - fromMs);
    await sleep(PATIENCE_MS);
    cancel();
    cancelToo();
  }

  private async meter() {
    const { site } = this.options;
    const [accepted, coalesced, refused] = await Promise.all(
      ['qm_ingest_frames_accepted_total', 'qm_ingest_frames_coalesced_total', 'qm_ingest_frames_refused_total'].map((counter) => site.ingested(counter)));
    const { user, system } = process.cpuUsage();
    return {
      atMs: performance.now(), sent: this.sent, accepted: accepted!, coalesced: coalesced!, refused: refused!, generatorMs: (user + system) / 1000, machineMs: machineBusyMs(),
      usage: site.processes.map(({ role, pid }) => ({ role, ...processUsage(pid) })),
    };
  }

  private result(before: Awaited<ReturnType<LoadRun['meter']>>, after: Awaited<ReturnType<LoadRun['meter']>>): LoadResult {
    const ms = after.atMs - before.atMs;
    const perS = (key: 'sent' | 'accepted' | 'coalesced'): number => ((after[key] - before[key]) * 1000) / ms;
    const names = [...new Set(after.usage.map(({ role }) => role))];
    const roles = names.map((role) => {
      const of = after.usage.map((one, i) => ({ ...one, spentMs: one.cpuMs - before.usage[i]!.cpuMs })).filter((one) => one.role === role);
      return {
        role, instances: of.length, cores: of.reduce((sum, one) => sum + one.spentMs, 0) / ms, residentBytes: of.reduce((sum, one) => sum + one.residentBytes, 0),
      };
    });
    const generatorCores = (after.generatorMs - before.generatorMs) / ms;
    const otherCores = (after.machineMs - before.machineMs) / ms - generatorCores - roles.reduce((sum, { cores }) => sum + cores, 0);
    return {
      stopMs: this.stopMs.toSorted((a, b) => a - b), missing: this.missing, sentPerS: perS('sent'), acceptedPerS: perS('accepted'), coalescedPerS: perS('coalesced'),
      refused: after.refused - before.refused, roles, generatorCores, otherCores,
    };
  }
}

function placeOf(n: number): [number, number] {
  return [50 + (n % PROBE_COLUMNS) * PROBE_CELL_M.x, -40 - Math.floor(n / PROBE_COLUMNS) * PROBE_CELL_M.y];
}

/** Most probes for which there is room. */
export const MOST_PROBES = PROBE_COLUMNS * Math.floor((GROUND_HALF_WIDTH_M - 40) / PROBE_CELL_M.y);

function obey(one: Connected, command: WireCommand): void {
  const { vehicle, connection } = one;
  if (command.params.kind === 'stop') {
    vehicle.stopped = true;
    one.onStop?.();
  } else {
    vehicle.epoch = command.epoch;
    vehicle.commandSequence = command.sequence;
    if (command.params.kind === 'resume') vehicle.stopped = false;
  }
  connection.acknowledge(command.commandId, Date.now());
}

function every(periodMs: number, task: () => void): () => void {
  task();
  const timer = setInterval(task, periodMs);
  return () => { clearInterval(timer); };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}
