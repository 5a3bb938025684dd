import type { Clock } from '@quaymaster/ports';
import type { ServiceRole } from '../run/service-setups';
import { FrameCount } from './frame-count';
import type { ProcessEnv, ServiceProcess } from './service-process';
import type { ServiceSite } from './service-site';

/** How many of each serve; of the schedulers one is at work and one stands by. */
const INSTANCES: Readonly<Record<ServiceRole, number>> = { gateway: 2, 'telemetry-ingest': 2, collision: 2, dispatch: 2, scheduler: 2 };
export const serviceRoles = Object.keys(INSTANCES) as ServiceRole[];
const STANDBY_MS = 60_000;

export interface Instance {
  readonly role: ServiceRole;
  /** Place among the instances of its role, from 0; a successor takes the place over. */
  readonly place: number;
  readonly process: ServiceProcess;
  /** Base address of its own HTTP port. */
  readonly url: string;
}

/** The processes of a site's services. */
export class InstanceSet {
  readonly frames: FrameCount;
  private readonly alive = new Map<string, Instance>();

  /** @param envOf what a role is started with beside what the site gives it. @param narrate hears what they complain of */
  constructor(
    private readonly site: ServiceSite, clock: Clock, private readonly envOf: (role: ServiceRole, place: number) => ProcessEnv, private readonly narrate: (line: string) => void,
  ) {
    this.frames = new FrameCount(clock);
  }

  /** Starts every instance. @throws with what a process has said when it ends before it serves */
  async start(): Promise<void> {
    await Promise.all(serviceRoles.flatMap((role) => Array.from({ length: INSTANCES[role] }, (_, place) => this.startOne(role, place))));
  }

  /** Starts an instance, and resolves when it serves, or stands by. */
  async startOne(role: ServiceRole, place: number): Promise<Instance> {
    const process = this.site.start(role, this.envOf(role, place));
    process.onNote((line) => { this.narrate(`${role} ${place + 1}: ${line}`); });
    const url = await process.says('(?:is ready|stands by)', STANDBY_MS);
    const instance: Instance = { role, place, process, url };
    this.alive.set(`${role} ${place}`, instance);
    if (role === 'telemetry-ingest') this.frames.watch(process, url);
    return instance;
  }

  get all(): readonly Instance[] {
    return [...this.alive.values()];
  }

  urlOf(role: ServiceRole, place: number): string {
    return this.alive.get(`${role} ${place}`)!.url;
  }

  /** One that is at work now. */
  async atWork(role: ServiceRole): Promise<Instance> {
    const candidates = [...this.alive.values()].filter((instance) => instance.role === role);
    for (const instance of candidates) if (await isReady(instance)) return instance;
    throw new Error(`no ${role} is at work`);
  }

  async kill(instance: Instance): Promise<void> {
    this.alive.delete(`${instance.role} ${instance.place}`);
    await instance.process.kill();
  }

  /** Asks all of them to end, and returns the names of those that did not end with 0. */
  async end(): Promise<readonly string[]> {
    const ends = await Promise.all([...this.alive.values()].map(async ({ role, place, process }) => ({ name: `${role} ${place}`, ...await process.end() })));
    return ends.filter(({ status }) => status !== 0).map(({ name, status }) => `${name} ended with ${status}`);
  }
}

async function isReady({ url, process }: Instance): Promise<boolean> {
  // A process that was a standby has another port since it serves.
  const at = process.address() ?? url;
  try {
    const response = await fetch(`${at}/ready`);
    return response.ok && ((await response.json()) as { status: string }).status === 'ready';
  } catch {
    return false;
  }
}
