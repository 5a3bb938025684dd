import type { Cancel, Clock } from '@quaymaster/ports';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { ContactWatch } from './contact-watch';
import type { EffectLog, UnsafeVehicle } from './effect-log';
import { parkedPose } from './fleet-draw';
import { SimulatedVehicle } from './simulated-vehicle';
import type { VehicleCredentials } from './vehicle-credentials';

export interface SimulatedFleetOptions {
  /** Tells where the vehicles stand at the beginning, nothing more: they obey only what arrives over MQTT. */
  readonly map: VirtualMap;
  readonly credentials: readonly VehicleCredentials[];
  readonly brokerUrl: string;
  readonly clock: Clock;
  /** Control step of the vehicles, and time between two looks for contacts [ms]. */
  readonly stepMs?: number;
  readonly frameHz?: number;
  readonly positionSigmaM?: number;
  readonly seed?: number;
  /** Takes down what comes of commands at each vehicle; without it nothing is. */
  readonly effectLog?: EffectLog | undefined;
  /** Protections that every vehicle does without: for negative controls of a check. */
  readonly unsafe?: UnsafeVehicle | undefined;
}

/** Clients that connect at the same time; a broker must not meet a whole fleet in one instant. */
const CONNECT_AT_ONCE = 32;
/** After a stall of the process vehicles go on from here: what was missed beyond this is lost to them [ms]. */
const CATCH_UP_MS = 500;

/** All vehicles of a terminal, moved by one timer, and the truth about them. */
export class SimulatedFleet {
  readonly vehicles: readonly SimulatedVehicle[];
  readonly contacts = new ContactWatch();
  private readonly byId: ReadonlyMap<string, SimulatedVehicle>;
  private readonly stepMs: number;
  private steppedAtMs = 0;
  private cancel: Cancel = () => undefined;

  /** @throws RangeError for credentials with a model or a slot that is not known */
  constructor(private readonly options: SimulatedFleetOptions) {
    const { map, credentials, brokerUrl, clock, stepMs = 20, frameHz = 10, positionSigmaM = 0, seed = 1, effectLog, unsafe } = options;
    this.stepMs = stepMs;
    const framePeriodMs = 1000 / frameHz;
    this.vehicles = credentials.map((own, i) => new SimulatedVehicle({
      credentials: own, ...parkedPose(map, own), brokerUrl, clock, framePeriodMs, framePhaseMs: (framePeriodMs * (i + 1)) / credentials.length, positionSigmaM,
      seed: Math.imul(seed, 0x9e3779b1) + i, effectLog, unsafe,
    }));
    this.byId = new Map(this.vehicles.map((vehicle) => [vehicle.vehicleId, vehicle]));
  }

  get framesSent(): number {
    return this.vehicles.reduce((sum, vehicle) => sum + vehicle.framesSent, 0);
  }

  vehicle(vehicleId: string): SimulatedVehicle | undefined {
    return this.byId.get(vehicleId);
  }

  /** Connects every vehicle and lets time move them. @throws when the broker refuses one */
  async start(): Promise<void> {
    for (let i = 0; i < this.vehicles.length; i += CONNECT_AT_ONCE) {
      await Promise.all(this.vehicles.slice(i, i + CONNECT_AT_ONCE).map((vehicle) => vehicle.start()));
    }
    const { clock } = this.options;
    this.steppedAtMs = clock.monotonicMs();
    this.cancel();
    this.cancel = clock.every(this.stepMs, () => { this.catchUp(); });
  }

  /** Every vehicle leaves in good order. */
  async stop(): Promise<void> {
    this.cancel();
    await Promise.all(this.vehicles.map((vehicle) => vehicle.stop()));
  }

  private catchUp(): void {
    const nowMs = this.options.clock.monotonicMs();
    this.steppedAtMs = Math.max(this.steppedAtMs, nowMs - CATCH_UP_MS);
    while (this.steppedAtMs + this.stepMs <= nowMs + 0.001) {
      this.steppedAtMs += this.stepMs;
      for (const vehicle of this.vehicles) vehicle.step(this.stepMs / 1000);
      this.contacts.look(this.vehicles.map(({ vehicleId, train }) => ({ vehicleId, body: train.body, speedMps: train.speedMps })), this.options.clock.nowMs());
    }
  }
}
