import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

/** Processor time that a process has used so far [ms], and the memory that it has now [bytes]. */
export function processUsage(pid: number): { readonly cpuMs: number; readonly residentBytes: number } {
  // The name, in parentheses, may hold anything; what follows it is numbers.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS, residentBytes: Number(fields[21]) * PAGE_BYTES };
}

/** Processor time of everything on the machine so far [ms], over all of its cores. */
export function machineBusyMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}
