import { JsonLogger } from '@quaymaster/nest-platform';
import type { TerminalIo } from '../terminal-io';
import { Ending } from './ending';
import { Openings } from './openings';
import type { Role } from './roles';
import type { ServiceConfig } from './service.config';

/** What a role works with while its process lives. */
export interface ProcessLife {
  readonly ending: Ending;
  readonly openings: Openings;
  readonly logger: JsonLogger;
}

/** Lets a role work until it is asked to end, and closes what it has opened; the exit status says whether all of that went in good order. */
export async function runUntilAsked(role: Role, config: ServiceConfig, io: TerminalIo, work: (life: ProcessLife) => Promise<void>): Promise<number> {
  const life: ProcessLife = { ending: new Ending(io), openings: new Openings(), logger: new JsonLogger(config.QM_LOG_LEVEL) };
  const { ending, openings, logger } = life;
  try {
    await work(life);
  } catch (error) {
    noteFailure(role, error, io);
    ending.begin(1);
    ending.status = 1;
  } finally {
    await openings.close().catch((error: unknown) => { logger.warn(`not closed in good order: ${String(error)}`, 'Run'); });
    ending.done();
  }
  return ending.status;
}

/** One line for the operator, in the back ends' own words; none of them repeats a password. */
export function noteFailure(role: Role, error: unknown, io: TerminalIo): void {
  io.note(`quaymaster: run ${role} has failed: ${(error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ')}\n`);
}
