import { once } from 'node:events';
import { type LiveMessage, liveMessageSchema } from '@quaymaster/messages';
import { describeWithServices } from '@quaymaster/ports/testing';
import { vehicleKinds } from '@quaymaster/simulator';
import { generateTerminal, terminalDefaults } from '@quaymaster/terminal';
import { WebSocket } from 'ws';
import type { ServiceProcess } from '../separate/service-process';
import { SERVER_KEYS, ServiceSite } from '../separate/service-site';
import { GatewayClient } from '../up/gateway-client';

/** Watched at once: a proxy that takes turns gives each of two gateways some of them. */
const VIEWERS = 4;
const PATIENCE_MS = 20_000;

/** One connection to `/v1/live`. */
class Viewer {
  readonly messages: LiveMessage[] = [];
  isClosed = false;

  constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary) => { if (!isBinary) this.messages.push(liveMessageSchema.parse(JSON.parse(data.toString('utf8')))); });
    socket.on('close', () => { this.isClosed = true; });
    socket.on('error', () => undefined);
  }

  /** Vehicle models that it has been told of. */
  get models(): readonly string[] {
    return this.messages.flatMap(({ changes }) => changes.models.map(({ id }) => id));
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}

async function until(claim: () => boolean | Promise<boolean>): Promise<void> {
  while (!await claim()) await new Promise((resolve) => { setTimeout(resolve, 20); });
}

describeWithServices('two gateways behind a proxy', [...SERVER_KEYS, 'QM_NGINX_URL', 'QM_GATEWAY_PORTS'], (env) => {
  const ports = env['QM_GATEWAY_PORTS']!.split(',');
  const gateways: ServiceProcess[] = [];
  const viewers: Viewer[] = [];
  let site: ServiceSite;
  let proxy: GatewayClient;

  const startGateway = async (place: number): Promise<void> => {
    gateways[place] = site.start('gateway', { QM_HTTP_PORT: ports[place] });
    await gateways[place].ready();
  };
  const addModel = async (id: string): Promise<string> => {
    await proxy.put(`/v1/vehicle-models/${id}`, { ...vehicleKinds[0]!, id });
    return id;
  };
  const watch = async (count: number): Promise<Viewer[]> => {
    const more = Array.from({ length: count }, () => new Viewer(new WebSocket(`${env['QM_NGINX_URL']!.replace(/^http/, 'ws')}/v1/live?token=${site.token}`)));
    viewers.push(...more);
    await until(() => more.every(({ messages }) => messages.length > 0));
    return more;
  };

  beforeAll(async () => {
    site = await ServiceSite.open(env, generateTerminal({ ...terminalDefaults, cranes: 1, yardBlocks: 1, slots: 8 }).xodr);
    proxy = new GatewayClient(env['QM_NGINX_URL']!, site.token, PATIENCE_MS);
    expect(await site.start('migrate').ended()).toBe(0);
    await Promise.all([startGateway(0), startGateway(1)]);
  });
  afterAll(async () => {
    for (const viewer of viewers) await viewer.close();
    await site.close([]);
  });

  it('show one picture: what is changed through one of them is seen at both', async () => {
    const all = await watch(VIEWERS);
    expect(new Set(all.map(({ messages }) => messages[0]!.type))).toEqual(new Set(['snapshot']));
    const id = await addModel('first');
    await until(() => all.every(({ models }) => models.includes(id)));
    // What a gateway shows and what it answers from come to it on ways of their own.
    for (const port of ports) {
      const gateway = new GatewayClient(`http://127.0.0.1:${port}`, site.token);
      await until(() => gateway.get(`/v1/vehicle-models/${id}`).then(() => true, () => false));
    }
  });

  it.each([1, 0])('go on without one of them, and with it again: gateway %i', async (place) => {
    const before = await watch(VIEWERS);
    await gateways[place]!.kill();
    await until(() => before.some(({ isClosed }) => isClosed));
    const id = await addModel(`without-${place}`);
    // Who was at the other one sees it without connecting anew.
    const left = before.filter(({ isClosed }) => !isClosed);
    expect([left.length > 0, left.length < VIEWERS]).toEqual([true, true]);
    await until(() => left.every(({ models }) => models.includes(id)));
    await until(() => proxy.get(`/v1/vehicle-models/${id}`).then(() => true, () => false));
    for (let n = 0; n < 10; n += 1) expect(await proxy.get(`/v1/vehicle-models/${id}`)).toMatchObject({ id });
    for (const { models } of await watch(VIEWERS)) expect(models).toContain(id);
    await startGateway(place);
    for (const { models } of await watch(VIEWERS)) expect(models).toContain(id);
  });
});
