import type { Standalone } from '@quaymaster/app-standalone';
import type { Clock } from '@quaymaster/ports';
import { drawFleet, SimulatedFleet, type VehicleCredentials, vehicleKinds } from '@quaymaster/simulator';
import type { VirtualMap } from '@quaymaster/virtual-map';

export interface DemoFleetOptions {
  readonly standalone: Standalone;
  readonly map: VirtualMap;
  readonly clock: Clock;
  readonly vehicles: number;
  readonly seed: number;
}

/** Registers the simulated vehicles of a terminal and connects them. A vehicle that an earlier start registered gets a new password. */
export async function connectDemoFleet(options: DemoFleetOptions): Promise<SimulatedFleet> {
  const { standalone, map, clock, vehicles, seed } = options;
  const { registry } = standalone;
  for (const kind of vehicleKinds) await registry.putModel({ ...kind, parts: kind.parts.map((part) => ({ ...part, contourM: [...part.contourM] })) });
  const credentials: VehicleCredentials[] = [];
  for (const drawn of drawFleet(map, { count: vehicles, seed })) {
    const issued = registry.isKnown(drawn.vehicleId) ? await registry.renewSecret(drawn.vehicleId) : await registry.register(drawn.vehicleId, drawn.modelId);
    credentials.push({ ...drawn, password: issued.secret });
  }
  const fleet = new SimulatedFleet({ map, credentials, brokerUrl: standalone.mqttUrl, clock, seed });
  await fleet.start();
  return fleet;
}
