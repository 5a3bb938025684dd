import type { RunningPlan } from '@quaymaster/messages';
import type { GatewayClient } from '../src/up/gateway-client';

/** A control plane that is put under load: where it is, and whose processor time it is. */
export interface LoadSite {
  readonly name: string;
  readonly brokerUrl: string;
  /** Before the id of each vehicle: sites on one broker share its vehicles' topics. */
  readonly vehiclePrefix: string;
  readonly gateway: GatewayClient;
  /** Its processes, several of one role under one name. */
  readonly processes: readonly { readonly role: string; readonly pid: number }[];
  publishPlan(plan: RunningPlan): Promise<void>;
  /** A counter, summed over the instances of ingest. */
  ingested(counter: string): Promise<number>;
  close(vehicleIds: readonly string[]): Promise<void>;
}

/** A counter, with whatever labels, in what `/metrics` answers. */
export async function readCounter(url: string, counter: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return [...text.matchAll(new RegExp(`^${counter}(?:\\{.*\\})? (\\S+)`, 'gm'))].reduce((sum, [, value]) => sum + Number(value), 0);
}
