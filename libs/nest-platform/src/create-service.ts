import type { DynamicModule, INestApplication, LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MessageBus } from '@quaymaster/ports';
import { BusServer } from './bus-server';
import { ProblemError } from './problem';
import { ProblemFilter } from './problem.filter';
import { Readiness } from './readiness';

const BODY_LIMIT_BYTES = 256 * 1024;
/** Ids are shorter; a longer one is looked for and not found, like any other that does not exist. */
const MAX_PARAMETER_LENGTH = 512;
/** Longer than any proxy in front keeps its connections, so that it is never we who close one that it is about to use. */
const KEEP_ALIVE_MS = 65_000;

interface Reply { status(code: number): { type(contentType: string): { send(body: never): unknown } } }

/** A Nest application on Fastify whose message handlers hang on the bus. Not yet listening. */
export async function createService(module: Type | DynamicModule, logger: LoggerService): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES, keepAliveTimeout: KEEP_ALIVE_MS, forceCloseConnections: true, routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    // An address that the router cannot read never gets to the exception filter.
    frameworkErrors: (error: Error, _request: unknown, reply: Reply) => {
      const { problem } = new ProblemError(400, 'QM_REQUEST_INVALID', error.message);
      void reply.status(problem.status).type('application/problem+json').send(problem as never);
    },
  });
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
