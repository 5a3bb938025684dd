import { BadRequestException, Body, Controller, ForbiddenException, Get, Injectable, Logger, Module, Post, UnauthorizedException } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { InMemoryBus } from '@quaymaster/bus-memory';
import { SystemClock } from '@quaymaster/clock';
import { type Connection, connections, type Heartbeat, heartbeats } from '@quaymaster/messages';
import { AnalyticsStore, AnalyticsUnavailableError, Clock, type Delivery, FleetError, MessageBus } from '@quaymaster/ports';
import { Registry } from 'prom-client';
import { BackendsModule } from './backends.module';
import { createService, startService, stopService } from './create-service';
import { JsonLogger } from './json-logger';
import { OnTopic } from './on-topic';
import { PlatformModule } from './platform.module';
import { ProblemError } from './problem';
import { Readiness } from './readiness';

class FleetBusyError extends FleetError {
  readonly code = 'QM_FLEET_BUSY';
  readonly retryable = false;
}

const failures: Readonly<Record<string, () => unknown>> = {
  problem: () => new ProblemError(409, 'QM_SLOT_TAKEN', 'slot P-1 is taken', [{ path: 'slot', message: 'taken' }]),
  retryable: () => new AnalyticsUnavailableError('history is away'), final: () => new FleetBusyError('no vehicle is free'),
  badRequest: () => new BadRequestException('bad'), unauthorised: () => new UnauthorizedException('who?'), forbidden: () => new ForbiddenException('not you'),
  bug: () => new TypeError('secret inside'), nonError: () => 'secret text',
};

/** What the handlers have taken; reset before each test. */
let taken: { readonly handler: string; readonly keys: string[]; readonly attempt: number }[] = [];

@Injectable()
class Work {
  async take(handler: string, batch: readonly Delivery<unknown>[]): Promise<void> {
    taken.push({ handler, keys: batch.map(({ key }) => key), attempt: batch[0]!.attempt });
    if (batch.some(({ key, attempt }) => key === 'twice' && attempt === 1)) throw new Error('once more');
  }
}

@Controller('try')
class TryController {
  @Get('fail/:kind')
  fail(): void {
    throw failures['problem']!();
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }
}

for (const [kind, make] of Object.entries(failures)) {
  // One route a kind of failure.
  const handler = (): never => { throw make(); };
  Object.defineProperty(TryController.prototype, kind, { value: handler, configurable: true, writable: true });
  Get(`fails/${kind}`)(TryController.prototype, kind, Object.getOwnPropertyDescriptor(TryController.prototype, kind)!);
}

@Controller()
class Handlers {
  constructor(private readonly work: Work) {}

  @OnTopic(heartbeats, 'first', { maxBatch: 8 })
  async first(@Payload() batch: readonly Delivery<Heartbeat>[]): Promise<void> {
    await this.work.take('first', batch);
  }

  @OnTopic(heartbeats, 'second')
  async second(@Payload() batch: readonly Delivery<Heartbeat>[]): Promise<void> {
    await this.work.take('second', batch);
  }

  @OnTopic(connections, 'first')
  async connection(@Payload() batch: readonly Delivery<Connection>[]): Promise<void> {
    await this.work.take('connection', batch);
  }
}

const clock = new SystemClock();
let bus: InMemoryBus;
let app: NestFastifyApplication;
let url: string;
let lines: string[];

@Module({ controllers: [TryController, Handlers], providers: [Work] })
class FeatureModule {}

@Module({})
class Root {}

async function start(feature: typeof FeatureModule, with_: InMemoryBus): Promise<{ app: NestFastifyApplication; url: string }> {
  const module = { module: Root, imports: [BackendsModule.forRoot({ clock, bus: with_ }), PlatformModule.forRoot({ service: 'try' }), feature] };
  const started = await createService(module, new JsonLogger('warn', (line) => { lines.push(line); }));
  return { app: started, url: `http://127.0.0.1:${await startService(started, '127.0.0.1', 0)}` };
}

beforeEach(async () => {
  taken = [];
  lines = [];
  bus = new InMemoryBus({ clock });
  ({ app, url } = await start(FeatureModule, bus));
});
afterEach(async () => {
  await stopService(app);
  await bus.close();
  Logger.overrideLogger(false);
});

async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; type: string; body: Record<string, unknown> }> {
  const response = await fetch(`${url}/${path}`, init);
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type') ?? '', body: text.startsWith('{') ? JSON.parse(text) as Record<string, unknown> : { text } };
}

describe('a request that fails is answered with a problem document', () => {
  it.each([
    ['problem', 409, 'QM_SLOT_TAKEN'], ['retryable', 503, 'QM_ANALYTICS_UNAVAILABLE'], ['final', 409, 'QM_FLEET_BUSY'], ['badRequest', 400, 'QM_REQUEST_INVALID'],
    ['unauthorised', 401, 'QM_UNAUTHENTICATED'], ['forbidden', 403, 'QM_FORBIDDEN'],
  ])('for %s: %d %s', async (kind, status, code) => {
    const answer = await ask(`try/fails/${kind}`);
    expect(answer.type).toContain('application/problem+json');
    expect(answer).toMatchObject({ status, body: { type: `urn:quaymaster:problem:${code}`, status, code, title: expect.any(String) as string, detail: expect.any(String) as string } });
  });

  it('that lists what is wrong where', async () => {
    expect((await ask('try/fails/problem')).body['errors']).toEqual([{ path: 'slot', message: 'taken' }]);
  });

  it.each(['bug', 'nonError'])('that tells nothing of the inside when nobody foresaw it (%s), while the log tells it', async (kind) => {
    const answer = await ask(`try/fails/${kind}`);
    expect(answer).toMatchObject({ status: 500, body: { code: 'QM_INTERNAL' } });
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    expect(lines.join('')).toContain('secret');
  });

  const json = { 'content-type': 'application/json' };
  it.each<[string, string, RequestInit, number, string]>([
    ['a route that is not there', 'nowhere', {}, 404, 'QM_NOT_FOUND'],
    ['a method that is not there', 'try/echo', { method: 'DELETE' }, 404, 'QM_NOT_FOUND'],
    ['a body over 256 KiB', 'try/echo', { method: 'POST', headers: json, body: JSON.stringify('x'.repeat(256 * 1024)) }, 413, 'QM_BODY_TOO_LARGE'],
    ['a content type that is not read', 'try/echo', { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a,b' }, 415, 'QM_CONTENT_TYPE'],
    ['a body that is no JSON', 'try/echo', { method: 'POST', headers: json, body: '{"a":' }, 400, 'QM_REQUEST_INVALID'],
    ['a body that plants a prototype', 'try/echo', { method: 'POST', headers: json, body: '{"__proto__":{"admin":true}}' }, 400, 'QM_REQUEST_INVALID'],
  ])('for %s', async (_, path, init, status, code) => {
    const answer = await ask(path, init);
    expect(answer).toMatchObject({ status, body: { status, code } });
    expect(answer.type).toContain('application/problem+json');
    expect(lines).toEqual([]);
  });

  it('and the others go on', async () => {
    expect(await ask('try/echo', { method: 'POST', headers: json, body: '{"a":1}' })).toMatchObject({ status: 201, body: { a: 1 } });
  });
});

describe('health', () => {
  it('is live whatever is missing, and ready when nothing is', async () => {
    let missing: string | null = 'no map';
    app.get(Readiness).register('map', () => missing);
    expect(await ask('live')).toMatchObject({ status: 200, body: { status: 'live' } });
    expect(await ask('ready')).toMatchObject({ status: 503, body: { status: 'not-ready', failures: { map: 'no map' } } });
    missing = null;
    expect(await ask('ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  it('asks for no new work once it drains', async () => {
    app.get(Readiness).drain();
    expect(app.get(Readiness).isDraining).toBe(true);
    expect(await ask('ready')).toMatchObject({ status: 503, body: { failures: { draining: 'the service is shutting down' } } });
    expect((await ask('live')).status).toBe(200);
  });

  it('shows metrics under the name of the service', async () => {
    const { status, body, type } = await ask('metrics');
    expect([status, type]).toEqual([200, expect.stringContaining('text/plain') as string]);
    expect(body['text']).toMatch(/process_cpu_seconds_total\{service="try"\} \d/);
    expect(await app.get(Registry).metrics()).toContain('nodejs_eventloop_lag_seconds');
  });
});

describe('handlers on topics', () => {
  const beat = (key: string) => bus.publish(heartbeats, key, { service: 'scheduler', instance: '', epoch: 1, atMs: 1, isLeaving: false });

  it('get each message once a group, and only those of their topic', async () => {
    await beat('a');
    await bus.publish(connections, 'T-1', { vehicleId: 'T-1', bootId: 1, modelId: 'agv', state: 'ONLINE', atMs: 1 });
    await bus.idle();
    expect(taken.map(({ handler, keys }) => `${handler} ${keys.join()}`).sort()).toEqual(['connection T-1', 'first a', 'second a']);
  });

  it('get a message again when they rejected, and the other group does not', async () => {
    await beat('twice');
    await bus.idle();
    expect(taken.filter(({ handler }) => handler === 'connection')).toEqual([]);
    for (const handler of ['first', 'second']) expect(taken.filter((one) => one.handler === handler).map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(lines.filter((line) => line.includes('once more'))).toHaveLength(2);
  });

  it('get as many at once as they declared', async () => {
    await Promise.all(['a', 'b', 'c'].map(beat));
    await bus.idle();
    expect(taken.filter(({ handler }) => handler === 'first').map(({ keys }) => keys)).toEqual([['a', 'b', 'c']]);
    expect(taken.filter(({ handler }) => handler === 'second')).toHaveLength(3);
  });

  it('get nothing after the service stopped; it stays with the group', async () => {
    await stopService(app);
    await beat('late');
    expect(taken).toEqual([]);
    ({ app, url } = await start(FeatureModule, bus));
    await bus.idle();
    expect(taken.map(({ keys }) => keys.join())).toEqual(['late', 'late']);
  });

  it('must be declared with @OnTopic', async () => {
    @Controller()
    class Stray {
      @EventPattern('somewhere')
      hear(): void {
        throw new Error('is never called');
      }
    }
    @Module({ controllers: [Stray] })
    class StrayModule {}
    const other = new InMemoryBus({ clock });
    await expect(start(StrayModule, other)).rejects.toThrow('was not declared with @OnTopic');
    await other.close();
  });
});

describe('back ends', () => {
  it('are injected under the names of their ports', () => {
    expect(app.get(MessageBus)).toBe(bus);
    expect(app.get(Clock)).toBe(clock);
  });

  it('that a process does not have are not there', () => {
    expect(() => app.get(AnalyticsStore)).toThrow();
  });
});
