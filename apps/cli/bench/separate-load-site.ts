import { plans } from '@quaymaster/messages';
import { SystemClock } from '@quaymaster/clock';
import { JsonLogger } from '@quaymaster/nest-platform';
import { Openings } from '../src/run/openings';
import { openBus } from '../src/run/service-backends';
import { readServiceSettings } from '../src/run/service.config';
import { InstanceSet } from '../src/separate/instance-set';
import { serversHere } from '../src/separate/servers-here';
import { ServiceSite } from '../src/separate/service-site';
import { GatewayClient } from '../src/up/gateway-client';
import { type LoadSite, readCounter } from './load-site';

/** Every service in two processes of its own, on the servers of this machine. */
export async function openSeparateLoadSite(xodr: string): Promise<LoadSite> {
  const openings = new Openings();
  let vehicleIds: readonly string[] = [];
  try {
    const servers = serversHere(process.env);
    const clock = new SystemClock();
    const site = await openings.open(ServiceSite.open(servers, xodr), (opened) => opened.close(vehicleIds));
    const migrated = site.start('migrate');
    if (await migrated.ended() !== 0) throw new Error(`the back ends were not prepared: ${migrated.err}`);
    const bus = await openings.open(openBus(readServiceSettings('collision', site.env('load')).config, clock, new JsonLogger('error')), (opened) => opened.close());
    const instances = new InstanceSet(site, clock, () => ({ QM_LOG_LEVEL: 'error' }), (line) => { process.stderr.write(`${line}\n`); });
    await openings.open(instances.frames, (frames) => { frames.close(); });
    await openings.open(instances.start(), async () => { await instances.end(); });
    return {
      name: 'separate', brokerUrl: servers['QM_MQTT_URL']!, vehiclePrefix: `${site.id}-`, gateway: new GatewayClient(instances.urlOf('gateway', 0), site.token, 20_000),
      processes: instances.all.map(({ role, process: { pid } }) => ({ role, pid })),
      publishPlan: (plan) => bus.publish(plans, plan.vehicleId, plan),
      ingested: async (counter) => {
        const counts = await Promise.all(instances.all.filter(({ role }) => role === 'telemetry-ingest').map(({ url }) => readCounter(url, counter)));
        return counts.reduce((sum, count) => sum + count, 0);
      },
      close: async (ids) => {
        vehicleIds = ids;
        await openings.close();
      },
    };
  } catch (error) {
    await openings.close();
    throw error;
  }
}
