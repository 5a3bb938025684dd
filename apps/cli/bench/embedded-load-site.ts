import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileOpenDrive, Standalone } from '@quaymaster/app-standalone';
import { SystemClock } from '@quaymaster/clock';
import { plans, type RunningPlan } from '@quaymaster/messages';
import { JsonLogger } from '@quaymaster/nest-platform';
import { GatewayClient } from '../src/up/gateway-client';
import { type LoadSite, readCounter } from './load-site';

/** Word that makes this program the host of an embedded control plane in place of a benchmark. */
export const HOST_WORD = 'embedded-host';
const TOKEN = 'token-of-the-load-and-of-nobody-else';

interface HostReady { readonly httpUrl: string; readonly mqttUrl: string }
type HostOrder = { readonly plan: RunningPlan } | 'end';

/** The whole control plane in one process, with its embedded back ends. */
export async function openEmbeddedLoadSite(xodr: string): Promise<LoadSite> {
  const child = fork(process.argv[1]!, [HOST_WORD], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(xodr);
  const [ready] = await once(child, 'message') as [HostReady];
  return {
    name: 'embedded', brokerUrl: ready.mqttUrl, vehiclePrefix: '', gateway: new GatewayClient(ready.httpUrl, TOKEN, 20_000), processes: [{ role: 'standalone', pid: child.pid! }],
    publishPlan: (plan) => new Promise((resolve, reject) => {
      child.send({ plan } satisfies HostOrder, (error) => { if (error === null) resolve(); else reject(error); });
    }),
    ingested: (counter) => readCounter(ready.httpUrl, counter),
    close: async () => {
      const exited = once(child, 'exit');
      child.send('end' satisfies HostOrder);
      await exited;
    },
  };
}

/** What the child process does: hosts the control plane until it is told to end. */
export async function hostEmbedded(): Promise<void> {
  const [xodr] = await once(process, 'message') as [string];
  const storeDir = mkdtempSync(join(tmpdir(), 'quaymaster-load-'));
  const standalone = await Standalone.start({
    env: {}, clock: new SystemClock(), storeDir, map: compileOpenDrive('pavement', xodr), http: { host: '127.0.0.1', port: 0 }, mqtt: { host: '127.0.0.1', port: 0 }, consoleDir: undefined,
    firstStartToken: TOKEN, logger: new JsonLogger('error'),
  });
  process.on('message', (order: HostOrder) => {
    if (order === 'end') {
      void standalone.close().finally(() => {
        rmSync(storeDir, { recursive: true, force: true });
        process.exit(0);
      });
    } else {
      void standalone.bus.publish(plans, order.plan.vehicleId, order.plan);
    }
  });
  process.send!({ httpUrl: standalone.httpUrl, mqttUrl: standalone.mqttUrl } satisfies HostReady);
}
