import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheDir, servicesDir } from './folders.mjs';
import { isRunning, recordOf } from './pid-guard.mjs';

const stateFile = join(servicesDir, 'state.json');
const envFile = join(servicesDir, 'env.json');
const lockFile = join(cacheDir, 'services.lock');
const LOCK_WAIT_MS = 900_000;

/** By server name: `{ ports, made, isPrepared, process, version }`. */
export function readState() {
  return existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')) : {};
}

/** In one step, so that nobody reads half a file. It holds passwords. */
function writeWhole(file, value) {
  // Another user, PostgreSQL's, has to pass through the folder, and has nothing to see in it.
  mkdirSync(servicesDir, { recursive: true, mode: 0o711 });
  writeFileSync(`${file}.part`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.part`, file);
}

export const writeState = (state) => { writeWhole(stateFile, state); };
export const writeEnv = (env) => { writeWhole(envFile, env); };

/** Two calls at once would start two sets and remember one. A lock whose holder is gone is taken over. */
export async function withLock(work) {
  mkdirSync(cacheDir, { recursive: true });
  const until = performance.now() + LOCK_WAIT_MS;
  while (!take()) {
    if (!isRunning(holder())) rmSync(lockFile, { force: true });
    else if (performance.now() > until) throw new Error(`another call has held ${lockFile} for too long`);
    else await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

/** The lock comes into place with its holder's name in it: an empty one would look like one whose holder is gone. */
function take() {
  const mine = `${lockFile}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(recordOf(process.pid)), { mode: 0o600 });
  try {
    linkSync(mine, lockFile);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

function holder() {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8'));
  } catch {
    return null;
  }
}
