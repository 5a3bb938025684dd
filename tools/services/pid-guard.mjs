// A process id alone names nobody: the kernel gives it away again. An id together with the instant at which its process began does.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';

const hasProc = existsSync('/proc/self/stat');

/** Fields of `/proc/<pid>/stat`. The command, second and in brackets, may hold spaces and brackets itself: the rest is counted from the last bracket. */
export function parseStat(text) {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const rest = text.slice(close + 2).split(' ');
  return { pid: Number(text.slice(0, open)), command: text.slice(open + 1, close), state: rest[0], groupId: Number(rest[2]), startedAtTicks: rest[19] };
}

function readStat(pid) {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return null;
  }
}

/** Ticks count from the start of the machine, so the start of the machine belongs to the mark. */
const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** What tells the running process apart from every other that had or will have its id; null when none runs (a dead one that nobody has collected yet counts as none). */
export function processMark(pid) {
  if (!hasProc) {
    try {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
    } catch {
      return null;
    }
  }
  const stat = readStat(pid);
  return stat === null || stat.state === 'Z' || stat.state === 'X' ? null : `${bootId()}:${stat.startedAtTicks}`;
}

/** @param started `{ pid, mark }` as recorded when it was started */
export const isRunning = (started) => started !== undefined && started !== null && processMark(started.pid) === started.mark;

/**
 * Ids of the processes that a started process left behind in its group: the leader is gone, its children are not (nginx after a SIGKILL). While a group has
 * members the kernel gives its number to no new process, so a running process with the leader's id and another mark means that the group has ended.
 */
export function orphans(started) {
  if (!hasProc || started === undefined || started === null || processMark(started.pid) !== null) return [];
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(readStat)
    .filter((stat) => stat !== null && stat.groupId === started.pid && stat.command === started.command && stat.state !== 'Z').map(({ pid }) => pid);
}

/** Record of a process that was just started and leads its own group. */
export function recordOf(pid) {
  return { pid, mark: processMark(pid), command: hasProc ? readStat(pid)?.command ?? null : null };
}
