import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { heapFault, imageFault, parseBytes, settingsFaults } from './settings.mjs';

/** Who may be reached from outside, and at what. */
const PUBLISHERS = new Set(['nginx', 'mosquitto']);
/** What lives on the disk of its node: there may never be two of it at a time. */
const IN_PLACE = /^(kafka(-\d)?|mosquitto|postgres|clickhouse)$/;
/** Conduits of each address. */
const NETWORK_OF = { QM_KAFKA_BROKERS: 'bus', QM_POSTGRES_URL: 'data', QM_CLICKHOUSE_URL: 'data', QM_REDIS_URL: 'data', QM_MQTT_URL: 'vehicle' };

const listOf = (value) => (Array.isArray(value) ? value : Object.keys(value ?? {}));

/** The role of a service: what its command says that it runs. */
export function roleOf({ command }) {
  return Array.isArray(command) && command[0] === 'run' ? command[1] : undefined;
}

/** Rules for every container, whatever the engine reads its file. `limitBytes` is its memory limit. */
export function containerFaults(name, service, limitBytes, known) {
  const faults = [];
  const role = roleOf(service);
  const env = service.environment ?? {};
  const fault = imageFault(service.image);
  if (fault !== null) faults.push(fault);
  faults.push(...settingsFaults(role, env, known));
  if (!(limitBytes > 0)) faults.push('it has no memory limit');
  if (service.privileged === true) faults.push('it is privileged');
  if (!listOf(service.cap_drop).includes('ALL')) faults.push('it keeps capabilities (cap_drop: [ALL])');
  if (service.logging?.options?.['max-size'] === undefined && service.network_mode !== 'none') faults.push('its log grows without end');
  if ((service.ports ?? []).length > 0 && !PUBLISHERS.has(name)) faults.push('it publishes a port');
  if (role !== undefined || name === 'nginx') {
    if (service.read_only !== true) faults.push('its root file system can be written to');
    if (service.user !== undefined && /^(0|root)(:|$)/.test(String(service.user))) faults.push('it runs as root');
  }
  if (role !== undefined) {
    const heap = heapFault(env.NODE_OPTIONS, limitBytes);
    if (heap !== null) faults.push(heap);
    const given = new Set(listOf(service.networks));
    const needed = new Set(Object.keys(env).filter((key) => key in NETWORK_OF).map((key) => NETWORK_OF[key]).concat(role === 'gateway' ? ['edge'] : []));
    for (const network of needed) if (!given.has(network)) faults.push(`it is not on the network ${network}`);
    for (const network of given) if (!needed.has(network)) faults.push(`it is on the network ${network} and has no business there`);
    if (service.stop_grace_period !== '30s') faults.push('stop_grace_period is not 30s: a drain takes up to 10 s');
  }
  // What ends by itself is judged by its exit status.
  const ends = service.restart === 'no' || service.deploy?.mode === 'replicated-job';
  const health = service.healthcheck;
  if (!ends && (health?.disable === true || (role === undefined && health?.test === undefined))) faults.push('nobody asks for its health');
  for (const mounted of secretFilesOf(env)) {
    const there = (service.secrets ?? []).map((secret) => (typeof secret === 'string' ? secret : secret.target ?? secret.source));
    if (!there.includes(mounted)) faults.push(`the secret ${mounted} is not mounted`);
  }
  return faults.map((text) => `${name}: ${text}`);
}

function secretFilesOf(env) {
  return Object.entries(env).filter(([key]) => key.endsWith('_FILE')).map(([, value]) => /^\/run\/secrets\/(.+)$/.exec(String(value))?.[1]).filter((file) => file !== undefined);
}

/** Names that lead nowhere: the client itself does not look. Relative paths count from `dir`. */
export function referenceFaults(file, dir) {
  const faults = [];
  const named = (kind, name, by) => { if (!(name in (file[kind] ?? {}))) faults.push(`${by}: ${kind} has no ${name}`); };
  for (const [by, service] of Object.entries(file.services)) {
    for (const network of listOf(service.networks)) named('networks', network, by);
    for (const kind of ['secrets', 'configs']) for (const used of service[kind] ?? []) named(kind, typeof used === 'string' ? used : used.source, by);
    for (const volume of service.volumes ?? []) {
      const source = typeof volume === 'string' ? (volume.includes(':') ? volume.split(':')[0] : undefined) : volume.source;
      if (source === undefined) continue;
      if (!/^[./]/.test(source)) named('volumes', source, by);
      else if (!existsSync(resolve(dir, source))) faults.push(`${by}: there is no file ${source}`);
    }
    for (const needed of listOf(service.depends_on)) named('services', needed, by);
  }
  for (const [name, config] of Object.entries(file.configs ?? {})) {
    if (config.file !== undefined && !existsSync(resolve(dir, config.file))) faults.push(`config ${name}: there is no file ${config.file}`);
  }
  return faults;
}

/** Rules for a stack, as `docker stack config` writes it. */
export function stackFaults(stack, known) {
  const faults = [];
  for (const [name, service] of Object.entries(stack.services)) {
    const say = (text) => { faults.push(`${name}: ${text}`); };
    const deploy = service.deploy ?? {};
    const limits = deploy.resources?.limits ?? {};
    faults.push(...containerFaults(name, service, parseBytes(limits.memory), known));
    if (limits.cpus === undefined) say('it has no processor limit');
    if (deploy.resources?.reservations?.memory === undefined) say('it reserves no memory');
    if (deploy.restart_policy === undefined) say('nobody starts it again');
    if ((deploy.placement?.constraints ?? []).length === 0 && name !== 'redis') say('it may be placed anywhere');
    const role = roleOf(service);
    if (role === 'migrate' && !(Number(service.environment.QM_KAFKA_REPLICATION) >= 2)) say('its topics have one copy, and brokers want two (QM_KAFKA_REPLICATION)');
    if (deploy.mode === 'replicated-job') continue;
    const update = deploy.update_config ?? {};
    if (IN_PLACE.test(name)) {
      if (update.order !== 'stop-first') say('two servers would be on one folder during an update (order: stop-first)');
      continue;
    }
    if (update.order !== 'start-first' || update.failure_action !== 'rollback') say('an update that fails leaves it broken (start-first, rollback)');
    if (update.monitor === undefined) say('an update is not watched');
    if (role !== undefined || name === 'nginx') {
      if (!((deploy.replicas ?? 1) >= 2)) say('one replica is none');
      if (update.parallelism !== 1) say('more than one replica is replaced at a time');
    }
  }
  for (const [name, network] of Object.entries(stack.networks ?? {})) {
    if (network.external === true) continue;
    if (network.driver_opts?.encrypted !== 'true') faults.push(`network ${name} is not encrypted`);
    if (network.internal !== true && name !== 'front') faults.push(`network ${name} leads out`);
  }
  for (const [name, secret] of Object.entries(stack.secrets ?? {})) {
    if (secret.external !== true) faults.push(`secret ${name} is read from a file beside the stack`);
  }
  return faults;
}
