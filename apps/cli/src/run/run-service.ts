import type { DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createService, Readiness, type ReadinessCheck, startService, stopService } from '@quaymaster/nest-platform';
import type { TerminalIo } from '../terminal-io';
import { type ProcessLife, runUntilAsked } from './run-until-asked';
import { ServiceBackends } from './service-backends';
import type { ServiceConfig, ServiceSettings } from './service.config';
import { type ServiceRole, serviceSetups } from './service-setups';

/** A service that is about to start, on back ends that are open. */
export interface ServiceSetup {
  readonly module: DynamicModule;
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  /** After it was asked to end, and before it drains. */
  handOver?(app: NestFastifyApplication): Promise<void>;
  /** When it serves. */
  started?(app: NestFastifyApplication): void | Promise<void>;
}

export interface SetupTools extends ProcessLife {
  readonly settings: ServiceSettings;
  readonly backends: ServiceBackends;
  readonly io: TerminalIo;
}

/** Runs a service until it is asked to end; the exit status says whether it ended in good order. */
export function runService(role: ServiceRole, settings: ServiceSettings, io: TerminalIo): Promise<number> {
  return runUntilAsked(role, settings.config, io, async (life) => {
    const backends = new ServiceBackends(settings.config, life.openings, life.logger);
    const setup = await serviceSetups[role]({ settings, backends, io, ...life });
    if (setup !== null && !life.ending.signal.aborted) await serve(role, setup, settings.config, io, life);
  });
}

async function serve(role: ServiceRole, setup: ServiceSetup, config: ServiceConfig, io: TerminalIo, { openings, ending, logger }: ProcessLife): Promise<void> {
  const app = await openings.open(createService(setup.module, logger), stopService);
  const readiness = app.get(Readiness);
  for (const [name, check] of Object.entries(setup.checks)) readiness.register(name, check);
  const port = await startService(app, config.QM_HTTP_HOST, config.QM_HTTP_PORT);
  await setup.started?.(app);
  io.out(`${role} is ready on http://${config.QM_HTTP_HOST}:${port} as ${config.QM_INSTANCE_ID}\n`);
  await ending.requested();
  await setup.handOver?.(app);
}
