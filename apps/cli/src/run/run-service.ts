import type { DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createService, JsonLogger, Readiness, type ReadinessCheck, startService, stopService } from '@quaymaster/nest-platform';
import type { TerminalIo } from '../terminal-io';
import { Ending } from './ending';
import { Openings } from './openings';
import { ServiceBackends } from './service-backends';
import type { ServiceSettings } from './service.config';
import { type ServiceRole, serviceSetups } from './service-setups';

/** A service that is about to start, on back ends that are open. */
export interface ServiceSetup {
  readonly module: DynamicModule;
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  /** After it was asked to end, and before it drains. */
  handOver?(): Promise<void>;
  /** When it serves. */
  started?(app: NestFastifyApplication): void | Promise<void>;
}

export interface SetupTools {
  readonly settings: ServiceSettings;
  readonly backends: ServiceBackends;
  readonly openings: Openings;
  readonly ending: Ending;
  readonly logger: JsonLogger;
  readonly io: TerminalIo;
}

/** Runs a service until it is asked to end; the exit status says whether it ended in good order. */
export async function runService(role: ServiceRole, settings: ServiceSettings, io: TerminalIo): Promise<number> {
  const { config } = settings;
  const logger = new JsonLogger(config.QM_LOG_LEVEL);
  const ending = new Ending(io);
  const openings = new Openings();
  const backends = new ServiceBackends(config, openings, logger);
  try {
    const setup = await serviceSetups[role]({ settings, backends, openings, ending, logger, io });
    if (setup !== null && !ending.signal.aborted) await serve(role, setup, { settings, openings, ending, logger, io });
  } catch (error) {
    // Back ends' own words; none of them repeats a password.
    io.note(`quaymaster: run ${role} has failed: ${(error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ')}\n`);
    ending.begin(1);
    ending.status = 1;
  } finally {
    await openings.close().catch((error: unknown) => { logger.warn(`not closed in good order: ${String(error)}`, 'Run'); });
    ending.done();
  }
  return ending.status;
}

async function serve(role: ServiceRole, setup: ServiceSetup, { settings: { config }, openings, ending, logger, io }: Omit<SetupTools, 'backends'>): Promise<void> {
  const app = await openings.open(createService(setup.module, logger), stopService);
  const readiness = app.get(Readiness);
  for (const [name, check] of Object.entries(setup.checks)) readiness.register(name, check);
  const port = await startService(app, config.QM_HTTP_HOST, config.QM_HTTP_PORT);
  await setup.started?.(app);
  io.out(`${role} is ready on http://${config.QM_HTTP_HOST}:${port} as ${config.QM_INSTANCE_ID}\n`);
  await ending.requested();
  await setup.handOver?.();
}
