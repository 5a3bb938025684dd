import { Injectable, Logger } from '@nestjs/common';
import type { Heartbeat } from '@quaymaster/messages';
import { Peers } from '@quaymaster/nest-platform';
import { type Cancel, Clock } from '@quaymaster/ports';
import { vehicleTopics, type WireLease } from '@quaymaster/telemetry';
import { CommandDispatcher } from './command-dispatcher.service';
import { DispatchConfig } from './dispatch.config';
import { VehicleLink } from './vehicle-link';

const GUARDIANS: readonly Heartbeat['service'][] = ['scheduler', 'collision'];

/** Instances that renew a vehicle's lease: the death of one lets none lapse. */
const KEEPERS = 2;

/**
 * Renews the motion leases of vehicles that report: of all of them, or of the share of this instance where there are more than two. Silence stops vehicles: when the scheduler or the predictor is not heard of, nothing is
 * renewed and each vehicle brakes by itself within the lease's time to live.
 */
@Injectable()
export class LeaseKeeper {
  private readonly log = new Logger(LeaseKeeper.name);
  private readonly heardAtMs = new Map<Heartbeat['service'], number>();
  private epoch = 0;
  private sequence = 0;
  private withheld = false;
  /** At the start nobody has been heard of yet, and nothing moves. */
  private renewedBefore = false;
  private sharers = '';
  private readonly shares = new Map<string, boolean>();
  private cancel: Cancel = () => undefined;

  constructor(
    private readonly dispatcher: CommandDispatcher,
    private readonly link: VehicleLink,
    private readonly clock: Clock,
    private readonly config: DispatchConfig,
    private readonly peers: Peers,
  ) {}

  start(): void {
    this.cancel = this.clock.every(this.config.leasePeriodMs, () => { this.renew(); });
  }

  stop(): void {
    this.cancel();
  }

  hear(heartbeat: Heartbeat): void {
    this.heardAtMs.set(heartbeat.service, this.clock.nowMs());
    this.epoch = Math.max(this.epoch, heartbeat.epoch);
  }

  private renew(): void {
    const nowMs = this.clock.nowMs();
    const silent = GUARDIANS.filter((service) => nowMs - (this.heardAtMs.get(service) ?? -Infinity) > this.config.heartbeatTimeoutMs);
    if (silent.length > 0) {
      if (!this.withheld && this.renewedBefore) this.log.error(`leases are withheld: no sign of life from ${silent.join(' and ')}`);
      this.withheld = true;
      return;
    }
    if (this.withheld) this.log.log('leases are renewed again; vehicles that stopped stay stopped until resumed');
    this.withheld = false;
    this.renewedBefore = true;
    // The time, so that leases of several instances, and those of before a restart, have one order.
    this.sequence = Math.max(this.sequence + 1, nowMs);
    const keeps = this.share();
    const lease: WireLease = { epoch: this.epoch, sequence: this.sequence, ttlMs: this.config.leaseTtlMs };
    const payload = JSON.stringify(lease);
    for (const desk of this.dispatcher.vehicles) {
      if (desk.online && nowMs - desk.reportedAtMs <= this.config.leaseTtlMs && keeps(desk.vehicleId)) this.link.publish(vehicleTopics.lease(desk.vehicleId), payload, 0);
    }
  }

  /** Whose leases this instance renews. Who ranks where is worked out anew only when an instance has come or gone. */
  private share(): (vehicleId: string) => boolean {
    const { sharers, self } = this.peers;
    if (sharers.length <= KEEPERS) return () => true;
    if (sharers.join() !== this.sharers) {
      this.sharers = sharers.join();
      this.shares.clear();
    }
    return (vehicleId) => {
      let isMine = this.shares.get(vehicleId);
      if (isMine === undefined) this.shares.set(vehicleId, isMine = this.peers.ranked(vehicleId).slice(0, KEEPERS).includes(self));
      return isMine;
    };
  }
}
