import { join } from 'node:path';
import { readStandaloneConfig } from '@quaymaster/app-standalone';
import { scenarioNames, type ScenarioName } from '@quaymaster/simulator';
import type { Command, Environment } from '../command';
import type { Flags } from '../flags';
import { runScenario } from '../scenario/run-scenario';
import { type ScenarioReport, shortcomings } from '../scenario/scenario-report';
import { readKills } from '../separate/kill-plan';
import { runSeparate, separateShortcomings } from '../separate/run-separate';
import { featureKeys, serversHere } from '../separate/servers-here';
import type { TerminalIo } from '../terminal-io';
import { UsageError } from '../usage-error';
import { runSite } from './run-site';

const MAX_SEED = 2 ** 31 - 1;
const SITE_VEHICLES = 30;
const SCENARIO_VEHICLES = 8;
const SCENARIO_RATE = 40;

export const up: Command = {
  words: 'up',
  about: 'the whole control plane in this process, with simulated vehicles and the console',
  operands: [],
  flags: {
    vehicles: { kind: 'integer', min: 0, max: 1000, about: `simulated vehicles (${SITE_VEHICLES}; ${SCENARIO_VEHICLES} in a headless scenario); 0 for real ones only` },
    seed: { kind: 'integer', min: 0, max: MAX_SEED, about: 'of the terminal, the vehicles and their orders (1)' },
    scenario: { kind: 'text', choices: scenarioNames, about: 'what goes wrong' },
    until: { kind: 'text', choices: ['closed'], about: 'end when every incident of the scenario is closed' },
    headless: { kind: 'switch', about: 'no console; a scenario then runs in simulated time, as fast as the machine can' },
    json: { kind: 'switch', about: 'print the outcome of a headless scenario as one JSON object' },
    processes: { kind: 'text', choices: ['one', 'separate'], about: 'a headless scenario in this process (one), or in real time with every service in processes of its own on servers that run' },
    kill: { kind: 'text', about: 'with separate processes: kill one instance of each in turn, e.g. ingest,collision,dispatch,gateway,scheduler' },
    'unsafe-no-stop': { kind: 'switch', about: 'negative control: predictions stop nobody' },
    'unsafe-no-deduplication': { kind: 'switch', about: 'negative control, separate processes: vehicles carry out again what they have had' },
    'unsafe-no-epoch': { kind: 'switch', about: 'negative control, separate processes: vehicles obey an epoch that is over' },
    rate: { kind: 'decimal', min: 0.1, max: 100, about: `simulated seconds a second at most, headless (${SCENARIO_RATE})` },
    host: { kind: 'text', about: 'address to listen on (127.0.0.1)' },
    'http-port': { kind: 'integer', min: 0, max: 65_535, about: 'console and REST (8080, or a free one)' },
    'mqtt-port': { kind: 'integer', min: 0, max: 65_535, about: 'vehicle broker (1883, or a free one)' },
    'store-dir': { kind: 'text', about: 'folder of the data (.quaymaster)' },
    map: { kind: 'text', about: 'OpenDRIVE file of the site; without it a terminal is generated' },
  },
  async run(flags, io, env) {
    checkCombination(flags);
    const scenario = flags.text('scenario') as ScenarioName | undefined;
    if (isSeparate(flags)) return separate(flags, scenario!, io, env);
    return flags.isSet('headless') && scenario !== undefined ? headless(flags, scenario, io, env) : site(flags, scenario, io, env);
  },
};

function checkCombination(flags: Flags): void {
  const isHeadless = flags.isSet('headless');
  const scenario = flags.text('scenario');
  for (const name of ['until', 'unsafe-no-stop'] as const) {
    if ((flags.text(name) !== undefined || flags.isSet(name)) && scenario === undefined) throw new UsageError(`--${name} needs --scenario`);
  }
  if (flags.isSet('json') && !(isHeadless && scenario !== undefined)) throw new UsageError('--json needs --headless and --scenario');
  if (flags.number('rate') !== undefined && !(isHeadless && scenario !== undefined)) throw new UsageError('--rate needs --headless and --scenario');
  if (isHeadless && scenario !== undefined) {
    for (const name of ['host', 'store-dir', 'map'] as const) if (flags.text(name) !== undefined) throw new UsageError(`--${name} does not go with a headless scenario, which has ports and data of its own`);
    for (const name of ['http-port', 'mqtt-port'] as const) if (flags.number(name) !== undefined) throw new UsageError(`--${name} does not go with a headless scenario, which takes free ports`);
  }
  if (isSeparate(flags) && !(isHeadless && scenario !== undefined)) throw new UsageError('--processes separate needs --headless and --scenario');
  if (isSeparate(flags) && flags.number('rate') !== undefined) throw new UsageError('--rate does not go with separate processes, which run in real time');
  for (const name of ['kill', 'unsafe-no-deduplication', 'unsafe-no-epoch'] as const) {
    if ((flags.text(name) !== undefined || flags.isSet(name)) && !isSeparate(flags)) throw new UsageError(`--${name} needs --processes separate`);
  }
  if (scenario !== undefined && flags.number('vehicles') === 0) throw new UsageError('--scenario needs simulated vehicles');
}

function isSeparate(flags: Flags): boolean {
  return flags.text('processes') === 'separate';
}

async function separate(flags: Flags, scenario: ScenarioName, io: TerminalIo, env: Environment): Promise<number> {
  const kills = flags.text('kill');
  const unsafe = (['no-stop', 'no-deduplication', 'no-epoch'] as const).filter((word) => flags.isSet(`unsafe-${word}`));
  return untilInterrupted(io, async (signal) => {
    const report = await runSeparate({
      scenario, seed: flags.number('seed') ?? 1, vehicles: flags.number('vehicles') ?? SCENARIO_VEHICLES, unsafe, kills: kills === undefined ? [] : readKills(kills),
      servers: serversHere(env), historyDir: join(env['QM_STORE_DIR'] ?? '.quaymaster', 'history'), featureEnv: featureKeys(env), narrate: (line) => { io.note(`${line}\n`); }, signal,
    });
    return tell(report, [...shortcomings(report), ...separateShortcomings(report)], flags, io);
  });
}

function headless(flags: Flags, scenario: ScenarioName, io: TerminalIo, env: Environment): Promise<number> {
  const config = readStandaloneConfig(env);
  return untilInterrupted(io, async (signal) => {
    const report = await runScenario({
      scenario, seed: flags.number('seed') ?? 1, vehicles: flags.number('vehicles') ?? SCENARIO_VEHICLES, unsafe: flags.isSet('unsafe-no-stop'),
      maximumRate: flags.number('rate') ?? SCENARIO_RATE, env, logLevel: env['QM_LOG_LEVEL'] === undefined ? 'error' : config.QM_LOG_LEVEL,
      narrate: (line) => { io.note(`${line}\n`); }, signal,
    });
    return tell(report, shortcomings(report), flags, io);
  });
}

async function untilInterrupted(io: TerminalIo, work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const ending = new AbortController();
  const forget = io.onEnd(() => { ending.abort(new Error('interrupted')); });
  try {
    return await work(ending.signal);
  } finally {
    forget();
  }
}

function tell(report: ScenarioReport, faults: readonly string[], flags: Flags, io: TerminalIo): number {
  if (flags.isSet('json')) io.out(`${JSON.stringify(report)}\n`);
  else io.out(`${report.scenario}, seed ${report.seed}: ${report.incidents.length} incidents, ${report.contacts} contacts${faults.length === 0 ? '; all well' : `; ${faults.join('; ')}`}\n`);
  return faults.length === 0 ? 0 : 1;
}

function site(flags: Flags, scenario: ScenarioName | undefined, io: TerminalIo, env: Environment): Promise<number> {
  const host = flags.text('host');
  const given: Readonly<Record<string, string | number | undefined>> = {
    QM_HTTP_HOST: host, QM_MQTT_HOST: host, QM_HTTP_PORT: flags.number('http-port'), QM_MQTT_PORT: flags.number('mqtt-port'), QM_STORE_DIR: flags.text('store-dir'),
    QM_MAP_FILE: flags.text('map'),
  };
  const whole: Record<string, string | undefined> = { ...env };
  for (const [key, value] of Object.entries(given)) if (value !== undefined) whole[key] = String(value);
  if (flags.isSet('unsafe-no-stop')) whole['QM_COLLISION_STOP'] = 'off';
  return runSite({
    env: whole, config: readStandaloneConfig(whole), vehicles: flags.number('vehicles') ?? SITE_VEHICLES, seed: flags.number('seed') ?? 1, scenario,
    untilClosed: flags.text('until') === 'closed', unsafe: flags.isSet('unsafe-no-stop'), hasConsole: !flags.isSet('headless'),
  }, io);
}
