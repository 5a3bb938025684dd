import type { Incident } from '@quaymaster/messages';
import type { Clock } from '@quaymaster/ports';
import { type Scenario, scenarios, type ScenarioName, type SimulatedFleet, type Trigger } from '@quaymaster/simulator';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { type GatewayClient, GatewayRefusal } from '../up/gateway-client';
import type { IncidentFeed } from './incident-feed';

const LOOK_MS = 200;
const AFTER_CONTACT_MS = 10_000;

export interface ScenarioScriptOptions {
  readonly name: ScenarioName;
  readonly map: VirtualMap;
  readonly clock: Clock;
  readonly incidents: IncidentFeed;
  readonly fleet: SimulatedFleet;
  readonly gateway: GatewayClient;
  /** Traffic has filled the site by then. */
  readonly warmUpMs: number;
  /** Nobody is stopped by the predictor: the script ends after the contact. */
  readonly unsafe: boolean;
  /** How long after warming up it insists on a trigger whose outcome without stops is certain; default for ever, as it does where nobody is stopped. */
  readonly insistsMs?: number;
  /** Something has gone wrong: nobody orders new work until it is over. */
  readonly onTriggered: () => void;
  readonly narrate: (line: string) => void;
}

/** What the world does in a scenario: the trigger, and the people who clear its cause once everybody is parked. */
export class ScenarioScript {
  readonly incidents = new Map<string, Incident>();
  private readonly scenario: Scenario;
  private faulty: string | null = null;
  private repaired = false;
  private isOver = false;
  private readonly cleared = new Set<string>();

  constructor(private readonly options: ScenarioScriptOptions) {
    this.scenario = scenarios[options.name];
  }

  /** Resolves when every incident is closed, or rejects with the signal's reason. What happens afterwards is not looked at. */
  async play(signal: AbortSignal): Promise<void> {
    const unwatch = await this.options.incidents((incident) => { this.note(incident); });
    try {
      await this.playOn(signal);
    } finally {
      this.isOver = true;
      await unwatch();
    }
  }

  private async playOn(signal: AbortSignal): Promise<void> {
    const { clock, narrate, warmUpMs } = this.options;
    await clock.sleep(warmUpMs, signal);
    const trigger = await this.awaitTrigger(signal);
    narrate(trigger.because);
    this.options.onTriggered();
    await this.pull(trigger);
    if (this.options.unsafe) await this.awaitContact(signal);
    else await this.seeThrough(signal);
  }

  private note(incident: Incident): void {
    if (this.isOver) return;
    const before = this.incidents.get(incident.incidentId);
    this.incidents.set(incident.incidentId, incident);
    const last = incident.timeline[incident.timeline.length - 1];
    if (last !== undefined && before?.timeline.length !== incident.timeline.length) this.options.narrate(`${incident.incidentId} ${last.state}: ${last.text}`);
  }

  private async awaitTrigger(signal: AbortSignal): Promise<Trigger> {
    const { clock, map, fleet, unsafe, insistsMs = Infinity } = this.options;
    const fromMs = clock.monotonicMs();
    for (;;) {
      const takesLikely = !unsafe && clock.monotonicMs() - fromMs > insistsMs;
      const trigger = this.scenario.trigger({ map, vehicles: fleet.vehicles }, takesLikely);
      if (trigger !== null) return trigger;
      // What has come up by itself before is cleared by its people too: nothing is ordered while a region is held.
      await this.clearCause(this.settled());
      await clock.sleep(LOOK_MS, signal);
    }
  }

  private async pull(trigger: Trigger): Promise<void> {
    if (trigger.kind === 'pause-zone') {
      await this.options.gateway.post('/v1/pauses', { reason: 'pause ordered by the scenario', scope: { kind: 'zone', zoneId: trigger.zoneId } });
      return;
    }
    this.faulty = trigger.vehicleId;
    this.options.fleet.vehicle(trigger.vehicleId)?.inject(trigger.fault);
  }

  private async seeThrough(signal: AbortSignal): Promise<void> {
    for (;;) {
      const all = [...this.incidents.values()];
      if (all.length > 0 && all.every((incident) => incident.state === 'closed')) return;
      await this.clearCause(this.settled());
      await this.options.clock.sleep(LOOK_MS, signal);
    }
  }

  /** Open incidents once the yard is still, before anybody walks into it: each has parked whom it could. Else none. */
  private settled(): readonly Incident[] {
    const open = [...this.incidents.values()].filter((incident) => incident.state !== 'closed');
    return open.every((incident) => incident.state === 'parked' || incident.state === 'resuming') ? open : [];
  }

  private async clearCause(open: readonly Incident[]): Promise<void> {
    if (open.length === 0) return;
    const vehicle = this.faulty === null ? undefined : this.options.fleet.vehicle(this.faulty);
    if (vehicle !== undefined && !this.repaired) {
      this.repaired = true;
      await vehicle.repair();
      this.options.narrate(`${vehicle.vehicleId} is being repaired`);
      return;
    }
    if (vehicle !== undefined && vehicle.fault !== 'none') return;
    for (const { incidentId, clearedAtMs } of open) {
      if (clearedAtMs !== null || this.cleared.has(incidentId)) continue;
      this.cleared.add(incidentId);
      try {
        await this.options.gateway.post(`/v1/incidents/${incidentId}/clear`, { note: 'cleared by the scenario' });
      } catch (error) {
        // Asked again with the next look.
        if (error instanceof GatewayRefusal) this.cleared.delete(incidentId);
        else throw error;
      }
    }
  }

  private async awaitContact(signal: AbortSignal): Promise<void> {
    while (this.options.fleet.contacts.contacts.length === 0) await this.options.clock.sleep(LOOK_MS, signal);
    await this.options.clock.sleep(AFTER_CONTACT_MS, signal);
  }
}
