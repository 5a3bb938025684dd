import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OperatorRequest, operatorRequests, type RequestResult, requestResults, type VehicleModelMessage } from '@quaymaster/messages';
import { type Backends, BackendsModule, createService, JsonLogger, PlatformModule, startService, stopService } from '@quaymaster/nest-platform';
import { FleetApiConfig, FleetApiModule, type VehicleAccounts } from '../src';
import { handMadeMap } from './hand-made-map';

export const ADMIN_TOKEN = 'the-token-of-the-first-start';

export const AGV: VehicleModelMessage = {
  id: 'agv', parts: [{ contourM: [-7, -1.5, 7, -1.5, 7, 1.5, -7, 1.5], axleBehindHitchM: 0, hitchForwardM: 0 }], frontM: 7, rearM: 7, widthM: 3,
  maximumSpeedMps: 8, accelerationMps2: 0.7, brakingMps2: 1.5,
};

export interface Answer { readonly status: number; readonly headers: Headers; readonly body: Record<string, unknown> }

/** Answers requests of the bus as the scheduler does: once an id, the same answer again for a repetition. */
export class AnsweringScheduler {
  readonly heard: OperatorRequest[] = [];
  private readonly answered = new Map<string, RequestResult>();

  constructor(private readonly backends: Backends) {}

  /** What it makes of a request; null: it does not answer. */
  decide: (request: OperatorRequest) => Pick<RequestResult, 'outcome' | 'code' | 'message' | 'resourceId'> | null =
    () => ({ outcome: 'done', code: '', message: 'done', resourceId: 'made-1' });

  async start(): Promise<void> {
    await this.backends.bus.subscribe(operatorRequests, 'scheduling', async (batch) => {
      for (const { message } of batch) {
        this.heard.push(message);
        const result = this.answered.get(message.requestId) ?? this.answer(message);
        if (result === null) continue;
        this.answered.set(message.requestId, result);
        await this.backends.bus.publish(requestResults, message.requestId, result);
      }
    });
  }

  private answer(request: OperatorRequest): RequestResult | null {
    const decided = this.decide(request);
    return decided === null ? null : { requestId: request.requestId, atMs: this.backends.clock.nowMs(), ...decided };
  }
}

export interface StageOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly consoleDir?: string;
  readonly firstStartToken?: string | null;
  readonly vehicleAccounts?: VehicleAccounts;
}

/** The gateway as it really runs, on back ends that the spec has opened. */
export class GatewayStage {
  readonly scheduler: AnsweringScheduler;
  /** Method and address of every route, as Fastify has them. */
  readonly routes: string[] = [];
  app!: NestFastifyApplication;
  port = 0;

  private constructor(readonly backends: Backends) {
    this.scheduler = new AnsweringScheduler(backends);
  }

  static async open(backends: Backends, options: StageOptions = {}): Promise<GatewayStage> {
    const stage = new GatewayStage(backends);
    @Module({
      imports: [
        PlatformModule.forRoot({ service: 'gateway' }), BackendsModule.forRoot(backends),
        FleetApiModule.forRoot({
          config: FleetApiConfig.from(options.env ?? {}), map: handMadeMap(), mapName: 'test site',
          firstStartToken: options.firstStartToken === undefined ? ADMIN_TOKEN : options.firstStartToken,
          ...(options.consoleDir === undefined ? {} : { consoleDir: options.consoleDir }),
          ...(options.vehicleAccounts === undefined ? {} : { vehicleAccounts: options.vehicleAccounts }),
        }),
      ],
    })
    class GatewayModule {}
    stage.app = await createService(GatewayModule, new JsonLogger('error', () => undefined));
    stage.app.getHttpAdapter().getInstance().addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) stage.routes.push(`${one} ${url}`);
    });
    stage.port = await startService(stage.app, '127.0.0.1', 0);
    await stage.scheduler.start();
    return stage;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  close(): Promise<void> {
    return stopService(this.app);
  }

  get(path: string, token = ADMIN_TOKEN): Promise<Answer> {
    return this.send('GET', path, { token });
  }

  post(path: string, body: unknown, key: string = randomUUID(), token = ADMIN_TOKEN): Promise<Answer> {
    return this.send('POST', path, { body, key, token });
  }

  async send(method: string, path: string, { body, key, token, headers }: {
    body?: unknown; key?: string; token?: string; headers?: Record<string, string>;
  }): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` }), ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) as Record<string, unknown> : { text } };
  }

  /** A token of a role, made by the admin. */
  async tokenOf(role: string): Promise<string> {
    return String((await this.post('/v1/tokens', { name: `a-${role}`, role })).body['token']);
  }

  /** Registers vehicles of the model `agv`. */
  async register(...vehicleIds: string[]): Promise<void> {
    await this.send('PUT', '/v1/vehicle-models/agv', { body: AGV, key: randomUUID(), token: ADMIN_TOKEN });
    for (const vehicleId of vehicleIds) await this.post('/v1/vehicles', { vehicleId, modelId: 'agv' });
  }
}
