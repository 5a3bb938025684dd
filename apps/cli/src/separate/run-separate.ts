import { compileOpenDrive } from '@quaymaster/app-standalone';
import type { KafkaBus } from '@quaymaster/bus-kafka';
import { SystemClock } from '@quaymaster/clock';
import { JsonLogger } from '@quaymaster/nest-platform';
import type { Clock } from '@quaymaster/ports';
import { drawFleet, type ScenarioName } from '@quaymaster/simulator';
import { generateTerminal, terminalDefaults } from '@quaymaster/terminal';
import { Openings } from '../run/openings';
import { readScenarioWords, type ScenarioWord } from '../run/scenario-word';
import { openBus } from '../run/service-backends';
import type { ServiceRole } from '../run/service-setups';
import { readServiceSettings } from '../run/service.config';
import { CommandTally } from '../scenario/command-tally';
import { reportIncident, type ScenarioReport } from '../scenario/scenario-report';
import { ConflictTally } from './conflict-tally';
import { type Instance, InstanceSet } from './instance-set';
import { killInTurn } from './kill-plan';
import { type HistorySummary, RunHistory } from './run-history';
import { Saboteur } from './saboteur';
import type { ProcessEnv, ServiceProcess } from './service-process';
import { ServiceSite } from './service-site';

/** Real time until traffic has filled the site. */
const WARM_UP_MS = 60_000;
const SIMULATOR_READY_MS = 60_000;
/** From the start of traffic. A run that is not over by then has failed; what it has seen is reported all the same. */
const LIMIT_MS = 1_200_000;
/** Commands that are open when the scenario is over come to their ends: the longest, a stop that nobody answers, in 15 s, and the checker grants 5 s more. */
const SETTLE_MS = 21_000;
const GROUP = 'director';

export type Unsafe = 'no-stop' | 'no-deduplication' | 'no-epoch';

export interface SeparateOptions {
  readonly scenario: ScenarioName;
  readonly seed: number;
  readonly vehicles: number;
  readonly unsafe: readonly Unsafe[];
  readonly kills: readonly ServiceRole[];
  /** Addresses and passwords of the servers; `QM_NGINX_URL` and `QM_GATEWAY_PORTS`, where given, name a proxy and the ports at which it looks for gateways. */
  readonly servers: ProcessEnv;
  /** Folder that the history is kept in. */
  readonly historyDir: string;
  /** Keys of the services' features, for all of them. */
  readonly featureEnv: ProcessEnv;
  readonly narrate: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface SeparateReport extends ScenarioReport {
  readonly history: HistorySummary;
  /** What did not go in good order beside that: processes that ended otherwise than asked. */
  readonly faults: readonly string[];
}

/** Why a run does not count as a success beside what holds for every scenario, empty if it does. */
export function separateShortcomings({ history, faults }: SeparateReport): string[] {
  const { lost, doubled, violations, path } = history;
  return [
    ...(lost > 0 ? [`${lost} commands lost`] : []), ...(doubled > 0 ? [`${doubled} effects doubled`] : []),
    ...(violations > 0 ? [`${violations} violations in the history: quaymaster history check ${path}`] : []), ...faults,
  ];
}

/** One scenario in real time with every service in processes of its own, on a site of its own on servers that run. */
export async function runSeparate(options: SeparateOptions): Promise<SeparateReport> {
  const openings = new Openings();
  try {
    return await new SeparateRun(options, openings).play();
  } finally {
    await openings.close();
  }
}

class SeparateRun {
  private readonly clock: Clock = new SystemClock();
  private readonly commands = new CommandTally();
  private readonly conflicts = new ConflictTally();
  private readonly faults: string[] = [];
  private site!: ServiceSite;
  private instances!: InstanceSet;
  private history!: RunHistory;
  private saboteur: Saboteur | null = null;

  constructor(private readonly options: SeparateOptions, private readonly openings: Openings) {}

  async play(): Promise<SeparateReport> {
    const { narrate, signal } = this.options;
    await this.openSite();
    narrate('services are being started');
    await this.instances.start();
    const simulator = this.startSimulator();
    await simulator.says('is ready', SIMULATOR_READY_MS);
    narrate('all are ready; traffic begins');
    const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
    const [over] = await Promise.all([this.hear(simulator, 'over', limit), this.disturb(simulator, limit)]).catch((error: unknown) => {
      if (!limit.aborted) throw error;
      narrate(`ended before its time: ${String(limit.reason)}`);
      return [null];
    });
    if (!limit.aborted) await this.clock.sleep(SETTLE_MS);
    return this.conclude(simulator, over);
  }

  private async openSite(): Promise<void> {
    const { seed, vehicles, servers, historyDir, scenario, unsafe, kills, featureEnv } = this.options;
    const { xodr } = generateTerminal({ ...terminalDefaults, seed });
    const drawn = drawFleet(compileOpenDrive('terminal', xodr), { count: vehicles, seed });
    const site = await this.openings.open(ServiceSite.open(servers, xodr), (opened) => opened.close(drawn.map(({ vehicleId }) => `${opened.id}-${vehicleId}`)));
    this.site = site;
    const migrated = site.start('migrate');
    if (await migrated.ended() !== 0) throw new Error(`the back ends were not prepared: ${migrated.err}`);
    const bus = await this.openings.open<KafkaBus>(openBus(readServiceSettings('collision', site.env('director')).config, this.clock, new JsonLogger('error')), (opened) => opened.close());
    this.history = await this.openings.open(RunHistory.open({ dir: historyDir, bus, clock: this.clock, scenario, seed, unsafe, featureEnv }), (opened) => opened.close());
    await Promise.all([this.commands.listen(bus), this.conflicts.listen(bus, GROUP)]);
    if (kills.length > 0 || unsafe.some((word) => word !== 'no-stop')) {
      this.saboteur = await this.openings.open(Saboteur.open(await site.witness(), this.clock, `${site.id}-`), (opened) => opened.close());
    }
    this.instances = new InstanceSet(site, this.clock, (role, place) => this.envOf(role, place), this.options.narrate);
    await this.openings.open(this.instances.frames, (frames) => { frames.close(); });
  }

  private envOf(role: ServiceRole, place: number): ProcessEnv {
    const { featureEnv, seed, unsafe, servers } = this.options;
    const gatewayPort = servers['QM_GATEWAY_PORTS']?.split(',')[place];
    return {
      QM_SCHEDULING_SEED: String(seed), ...featureEnv, ...(unsafe.includes('no-stop') ? { QM_COLLISION_STOP: 'off' } : {}),
      ...(role === 'gateway' && gatewayPort !== undefined ? { QM_HTTP_PORT: gatewayPort } : {}),
    };
  }

  private startSimulator(): ServiceProcess {
    const { scenario, seed, vehicles, unsafe, servers, narrate } = this.options;
    const simulator = this.site.start('simulator', {
      QM_GATEWAY_URL: servers['QM_NGINX_URL'] ?? this.instances.urlOf('gateway', 0), QM_SIMULATOR_PREFIX: `${this.site.id}-`, QM_SIMULATOR_VEHICLES: String(vehicles),
      QM_SIMULATOR_SEED: String(seed), QM_SIMULATOR_SCENARIO: scenario, QM_SIMULATOR_WARM_UP_MS: String(WARM_UP_MS), QM_SIMULATOR_UNSAFE: unsafe.join(),
      QM_SIMULATOR_HISTORY_FILE: this.history.effectsFile,
    });
    simulator.onNote((line) => { narrate(line); });
    return simulator;
  }

  /** Kills what is to be killed once the scenario has begun, and puts the protections to the test after each. */
  private async disturb(simulator: ServiceProcess, signal: AbortSignal): Promise<void> {
    const { kills, narrate } = this.options;
    if (this.saboteur === null) return;
    await this.hear(simulator, 'triggered', signal);
    await this.sabotage();
    await killInTurn(kills, this.instances, this.clock, {
      killed: (instance) => {
        narrate(`${nameOf(instance)} was killed`);
        this.history.fault('killed', instance.role, nameOf(instance));
      },
      startedAgain: async (instance) => {
        narrate(`${nameOf(instance)} was started again`);
        this.history.fault('started', instance.role, nameOf(instance));
        await this.sabotage();
      },
    }, signal);
  }

  private async sabotage(): Promise<void> {
    if (this.saboteur === null) return;
    const repeated = await this.saboteur.repeat();
    const forged = await this.saboteur.forge();
    this.history.forged(forged);
    this.options.narrate(`${repeated} commands were said again, ${forged.length} of an epoch that is over were given`);
  }

  private hear<W extends ScenarioWord['word']>(simulator: ServiceProcess, word: W, signal: AbortSignal): Promise<Extract<ScenarioWord, { word: W }>> {
    const isIt = (one: ScenarioWord): one is Extract<ScenarioWord, { word: W }> => one.word === word;
    return simulator.heard(word, (out) => readScenarioWords(out).find(isIt), LIMIT_MS, signal);
  }

  private async conclude(simulator: ServiceProcess, over: Extract<ScenarioWord, { word: 'over' }> | null): Promise<SeparateReport> {
    const { scenario, seed, vehicles } = this.options;
    const { status } = await simulator.end();
    const left = readScenarioWords(simulator.out).find((one) => one.word === 'left');
    const last = over ?? readScenarioWords(simulator.out).find((one) => one.word === 'over');
    if (left === undefined) this.faults.push(`simulator ended with ${status} and without its last word: ${simulator.err.slice(-500)}`);
    const frames = this.instances.frames.total;
    this.faults.push(...await this.instances.end());
    const history = await this.history.conclude();
    return {
      scenario, seed, vehicles, frames, conflicts: { warning: this.conflicts.warning, imminent: this.conflicts.imminent },
      incidents: (last?.incidents ?? []).map(reportIncident), contacts: left?.contacts ?? 0,
      commands: { issued: this.commands.issued, finished: this.commands.ended('finished'), failed: this.commands.ended('failed'), expired: this.commands.ended('expired') },
      history, faults: this.faults,
    };
  }
}

function nameOf({ role, place }: Instance): string {
  return `${role} ${place + 1}`;
}
