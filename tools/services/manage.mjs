import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MissingToolError } from './find-tool.mjs';
import { servicesDir } from './folders.mjs';
import { freePorts, isFree } from './free-ports.mjs';
import { isRunning, orphans } from './pid-guard.mjs';
import { logTail, stopServer } from './run-process.mjs';
import { servers } from './servers.mjs';
import { readState, withLock, writeEnv, writeState } from './state.mjs';
import { messageOf, waitUntil } from './wait-until.mjs';

const STATUS_LIMIT_MS = 5_000;

/** A server's line: `version` and `state` hold no blanks, so that it splits into three. Reasons and notes go beside it. */
const row = (server, version, state, notes = []) => ({ name: server.name, version: version ?? '-', state, notes: notes.filter((note) => note !== undefined) });

const contextOf = (server, entry, tools) => ({
  tools, ports: entry.ports, made: entry.made, dir: join(servicesDir, server.name), logFile: join(servicesDir, `${server.name}.log`),
});

/** @returns `{ tools }`, or `{ missing }`, the row that says what to install */
function find(server) {
  try {
    return { tools: server.find() };
  } catch (error) {
    return { missing: row(server, '-', error instanceof MissingToolError ? 'missing' : 'down', [messageOf(error)]) };
  }
}

/** Starts what does not run, one row a server. What runs and answers is left as it is. */
export const up = () => withLock(async () => {
  const state = readState();
  const found = servers.map((server) => ({ server, ...find(server) }));
  await choosePorts(state, found);
  const rows = await Promise.all(found.map(({ server, tools, missing }) => missing ?? bringUp(server, tools, state)));
  writeEnv(envOf(state, rows));
  return rows;
});

async function choosePorts(state, found) {
  const taken = new Set(Object.values(state).flatMap(({ ports }) => Object.values(ports)));
  for (const { server, missing } of found) {
    if (missing !== undefined || state[server.name] !== undefined) continue;
    const chosen = await freePorts(server.ports.length, taken);
    for (const port of chosen) taken.add(port);
    state[server.name] = { ports: Object.fromEntries(server.ports.map((name, i) => [name, chosen[i]])), isPrepared: false };
  }
  writeState(state);
}

async function bringUp(server, tools, state) {
  const entry = state[server.name];
  try {
    if (isRunning(entry.process)) {
      try {
        entry.version = await answered(server, entry, tools, STATUS_LIMIT_MS);
        return row(server, entry.version, 'up', [tools.note]);
      } catch { /* it runs and does not answer: it is started anew */ }
    }
    await stop(server, entry);
    if (!entry.isPrepared) await prepare(server, entry, tools, state);
    await refuseTakenPorts(server, entry);
    entry.process = await server.start(contextOf(server, entry, tools));
    // Remembered before anything else is done, so that `down` finds it whatever happens here.
    writeState(state);
    entry.version = await answered(server, entry, tools, server.startLimitMs);
    writeState(state);
    return row(server, entry.version, 'up', [tools.note]);
  } catch (error) {
    const log = logTail(contextOf(server, entry, tools).logFile);
    await stop(server, entry);
    return row(server, tools.version, 'down', [messageOf(error), log === '' ? undefined : `its log ends: ${log}`]);
  }
}

async function prepare(server, entry, tools, state) {
  removeData(server, entry);
  mkdirSync(join(servicesDir, server.name), { recursive: true, mode: 0o755 });
  entry.made = await server.prepare(contextOf(server, entry, tools));
  entry.isPrepared = true;
  writeState(state);
}

/** A server that was given a port must have it again: others know it by that port. */
async function refuseTakenPorts(server, entry) {
  for (const name of server.listensOn ?? server.ports) {
    if (!(await isFree(entry.ports[name]))) throw new Error(`port ${entry.ports[name]} was taken by somebody else: run down, then up`);
  }
}

const answered = (server, entry, tools, limitMs) => waitUntil(() => server.answers(contextOf(server, entry, tools)), {
  limitMs, giveUp: () => (isRunning(entry.process) ? undefined : 'it ended by itself'),
});

const stop = (server, entry) => (entry.process === undefined ? undefined : stopServer(entry.process, { signal: server.stopSignal, limitMs: server.stopLimitMs }));

function envOf(state, rows) {
  const isUp = (server) => rows.some(({ name, state: word }) => name === server.name && word === 'up');
  return Object.assign({}, ...servers.filter(isUp).map((server) => server.env(contextOf(server, state[server.name]))));
}

/** Asks every server; changes nothing. */
export async function status() {
  const state = readState();
  return Promise.all(servers.map(async (server) => {
    const { tools, missing } = find(server);
    const entry = state[server.name];
    if (entry?.process === undefined) return missing ?? row(server, tools.version, 'down');
    try {
      const version = await answered(server, entry, tools, STATUS_LIMIT_MS);
      return row(server, version, 'up', [tools?.note]);
    } catch (error) {
      return row(server, entry.version ?? tools?.version, 'down', [messageOf(error)]);
    }
  }));
}

/** Stops every server and removes its data. A row is `down` when neither a process nor a port is left. */
export const down = () => withLock(async () => {
  const state = readState();
  const rows = await Promise.all(servers.map(async (server) => {
    const entry = state[server.name];
    if (entry === undefined) return row(server, '-', 'down');
    await stop(server, entry);
    const left = isRunning(entry.process) || orphans(entry.process).length > 0;
    const ports = [];
    for (const name of server.listensOn ?? server.ports) if (!(await isFree(entry.ports[name]))) ports.push(entry.ports[name]);
    if (left) return row(server, entry.version, 'up', [`process ${entry.process.pid} does not end`]);
    removeData(server, entry);
    return row(server, entry.version, 'down', ports.length === 0 ? [] : [`port ${ports.join(', ')} is open: another process has taken it`]);
  }));
  if (rows.every(({ state: word }) => word === 'down')) rmSync(servicesDir, { recursive: true, force: true });
  return rows;
});

/** Data may lie outside the run's folder. */
function removeData(server, entry) {
  if (entry.made?.dataDir !== undefined) rmSync(entry.made.dataDir, { recursive: true, force: true });
  rmSync(join(servicesDir, server.name), { recursive: true, force: true });
}
