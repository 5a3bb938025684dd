import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { LiveHub } from './live/live-hub.service';
import { StopBacklog } from './requests/stop-backlog';

/** What to watch of the gateway. */
@Injectable()
export class GatewayGauges {
  constructor(registry: Registry, live: LiveHub, backlog: StopBacklog) {
    const gauges: readonly (readonly [string, string, () => number])[] = [
      ['qm_api_live_clients', 'Live connections that are open', () => live.clientCount],
      ['qm_api_live_buffered_bytes', 'Bytes that wait for the slowest live client', () => live.bufferedBytes],
      ['qm_api_stops_unstored', 'Stops that were sent and are not written down yet', () => backlog.size],
    ];
    for (const [name, help, value] of gauges) {
      new Gauge({ name, help, registers: [registry], collect() { this.set(value()); } });
    }
  }
}
