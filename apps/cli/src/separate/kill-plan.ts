import type { Clock } from '@quaymaster/ports';
import type { ServiceRole } from '../run/service-setups';
import { UsageError } from '../usage-error';
import type { Instance, InstanceSet } from './instance-set';

/** Words of `--kill`. */
const ROLES: Readonly<Record<string, ServiceRole>> = { ingest: 'telemetry-ingest', collision: 'collision', dispatch: 'dispatch', gateway: 'gateway', scheduler: 'scheduler' };
const DEAD_MS = 5000;
/** What a kill has upset is to be seen before the next one. */
const PAUSE_MS = 1000;

/** @throws UsageError for a word that is no role */
export function readKills(text: string): readonly ServiceRole[] {
  return text.split(',').map((word) => {
    const role = Object.hasOwn(ROLES, word) ? ROLES[word] : undefined;
    if (role === undefined) throw new UsageError(`--kill: ${word} is not one of ${Object.keys(ROLES).join(', ')}`);
    return role;
  });
}

export interface KillListener {
  killed(instance: Instance): void;
  startedAgain(instance: Instance): Promise<void>;
}

/** Kills one instance of each role in turn with SIGKILL, the one at work where one stands by, and starts its successor 5 s later. */
export async function killInTurn(roles: readonly ServiceRole[], instances: InstanceSet, clock: Clock, listener: KillListener, signal: AbortSignal): Promise<void> {
  for (const role of roles) {
    signal.throwIfAborted();
    const victim = await instances.atWork(role);
    await instances.kill(victim);
    listener.killed(victim);
    await clock.sleep(DEAD_MS, signal);
    await listener.startedAgain(await instances.startOne(role, victim.place));
    await clock.sleep(PAUSE_MS, signal);
  }
}
