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

  get roster(): readonly string[] {
    return this.messages.flatMap(({ changes }) => changes.roster);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}

async function until(claim: () => boolean): Promise<void> {
  while (!claim()) await new Promise((resolve) => { setTimeout(resolve, 20); });
}

describeWithServices('two gateways behind a proxy', [...SERVER_KEYS, 'QM_NGINX_URL', 'QM_GATEWAY_PORTS'], (env) => {
  const ports = env['QM_GATEWAY_PORTS']!.split(',');
  const gateways: ServiceProcess[] = [];
  const viewers: Viewer[] = [];
  const vehicleIds: string[] = [];
  let site: ServiceSite;
  let proxy: GatewayClient;

  const startGateway = async (place: number): Promise<void> => {
    gateways[place] = site.start('gateway', { QM_HTTP_PORT: ports[place] });
    await gateways[place].ready();
  };
  const register = async (name: string): Promise<string> => {
    const vehicleId = `${site.id}-${name}`;
    vehicleIds.push(vehicleId);
    await proxy.post('/v1/vehicles', { vehicleId, modelId: vehicleKinds[0]!.id });
    return vehicleId;
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
    await proxy.put(`/v1/vehicle-models/${vehicleKinds[0]!.id}`, vehicleKinds[0]!);
  });
  afterAll(async () => {
    for (const viewer of viewers) await viewer.close();
    await site.close(vehicleIds);
  });

  it('show one picture: what is changed through one of them is seen at both', async () => {
    const all = await watch(VIEWERS);
    expect(new Set(all.map(({ messages }) => messages[0]!.type))).toEqual(new Set(['snapshot']));
    const vehicleId = await register('V1');
    await until(() => all.every(({ roster }) => roster.includes(vehicleId)));
    for (const port of ports) expect(await new GatewayClient(`http://127.0.0.1:${port}`, site.token).get(`/v1/vehicles/${vehicleId}`)).toMatchObject({ vehicleId });
  });

  it.each([1, 0])('go on without one of them, and with it again: gateway %i', async (place) => {
    const before = await watch(VIEWERS);
    await gateways[place]!.kill();
    await until(() => before.some(({ isClosed }) => isClosed));
    const vehicleId = await register(`V-without-${place}`);
    // Who was at the other one sees it without connecting anew.
    const left = before.filter(({ isClosed }) => !isClosed);
    expect([left.length > 0, left.length < VIEWERS]).toEqual([true, true]);
    await until(() => left.every(({ roster }) => roster.includes(vehicleId)));
    for (let n = 0; n < 10; n += 1) expect(await proxy.get(`/v1/vehicles/${vehicleId}`)).toMatchObject({ vehicleId });
    for (const { roster } of await watch(VIEWERS)) expect(roster).toContain(vehicleId);
    await startGateway(place);
    for (const { roster } of await watch(VIEWERS)) expect(roster).toContain(vehicleId);
  });
});
