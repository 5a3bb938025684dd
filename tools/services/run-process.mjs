import { execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordOf, isRunning, orphans } from './pid-guard.mjs';

/** Nothing of the caller's environment reaches a server but where programs are. */
const plainEnv = () => ({ PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TZ: 'UTC' });

/**
 * Starts a server that outlives the caller, in a group of its own, its output going to `logFile`.
 * @param as `{ uid, gid }` of another user, or undefined
 * @returns its record for the pid guard
 */
export async function startServer(program, args, { cwd, logFile, as, env = {} }) {
  const log = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn(program, args, { cwd, detached: true, stdio: ['ignore', log, log], env: { ...plainEnv(), ...env }, ...as });
    await once(child, 'spawn');
    child.unref();
    return recordOf(child.pid);
  } finally {
    closeSync(log);
  }
}

/** Runs a program to its end. Rejects with what it wrote when it fails. */
export function run(program, args, { input, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { encoding: 'utf8', maxBuffer: 16_000_000, ...options, env: { ...plainEnv(), ...options.env } }, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr });
      else reject(new Error(`${program} failed (${error.killed ? 'too slow' : error.code ?? error.signal}): ${lastLines(`${stdout}\n${stderr}`)}`));
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}

const lastLines = (text, count = 5) => text.trim().split('\n').slice(-count).join(' | ');

/** The end of a server's log, for the message about its failure. */
export const logTail = (logFile) => (existsSync(logFile) ? lastLines(readFileSync(logFile, 'utf8')) : '');

/**
 * Ends a started process: asks, waits, then kills. What it leaves behind in its group is killed too. A process that is not the one that was started is left alone.
 * @param signal the server's own word for an orderly and prompt end
 */
export async function stopServer(started, { signal = 'SIGTERM', limitMs = 10_000 } = {}) {
  if (isRunning(started)) send(started.pid, signal);
  if (!(await isGone(started, limitMs)) && isRunning(started)) {
    send(started.pid, 'SIGKILL');
    await isGone(started, 5_000);
  }
  if (await haveLeft(started, 2_000)) return;
  for (const pid of orphans(started)) send(pid, 'SIGKILL');
  await haveLeft(started, 5_000);
}

const isGone = (started, limitMs) => holds(() => !isRunning(started), limitMs);
const haveLeft = (started, limitMs) => holds(() => orphans(started).length === 0, limitMs);

async function holds(claim, limitMs) {
  const until = performance.now() + limitMs;
  while (!claim()) {
    if (performance.now() > until) return false;
    await sleep(50);
  }
  return true;
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
