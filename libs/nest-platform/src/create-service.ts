import type { DynamicModule, INestApplication, LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MessageBus } from '@quaymaster/ports';
import { BusServer } from './bus-server';
import { ProblemFilter } from './problem.filter';
import { Readiness } from './readiness';

const BODY_LIMIT_BYTES = 256 * 1024;
/** Longer than any proxy in front keeps its connections, so that it is never we who close one that it is about to use. */
const KEEP_ALIVE_MS = 65_000;

/** A Nest application on Fastify whose message handlers hang on the bus. Not yet listening. */
export async function createService(module: Type | DynamicModule, logger: LoggerService): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ bodyLimit: BODY_LIMIT_BYTES, keepAliveTimeout: KEEP_ALIVE_MS, forceCloseConnections: true });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and takes literals everywhere
  const app = await NestFactory.create<NestFastifyApplication>(module as Type, adapter, { logger, abortOnError: false });
  app.useGlobalFilters(new ProblemFilter());
  app.connectMicroservice({ strategy: new BusServer(app.get(MessageBus)) }, { inheritAppConfig: false });
  return app;
}

/** Starts message handlers, then the HTTP port. Returns the port. */
export async function startService(app: NestFastifyApplication, host: string, port: number): Promise<number> {
  await app.init();
  await app.startAllMicroservices();
  await app.listen(port, host);
  const address = app.getHttpServer().address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** Drains: not ready, no new messages, running work finished, then closed. */
export async function stopService(app: INestApplication): Promise<void> {
  app.get(Readiness).drain();
  await app.close();
}
