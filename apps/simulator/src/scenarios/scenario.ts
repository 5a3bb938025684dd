import type { VirtualMap } from '@quaymaster/virtual-map';
import type { DriveTrain, Fault } from '../drive-train';

/** A vehicle as it truly is. `SimulatedVehicle` is one. */
export interface Actor { readonly vehicleId: string; readonly train: DriveTrain }

/** What a trigger looks at: the truth, not what was reported. */
export interface ScenarioWorld {
  readonly map: VirtualMap;
  readonly vehicles: readonly Actor[];
}

/** What is to be done now, and why it fits. */
export type Trigger =
  | {
    readonly kind: 'fault'; readonly vehicleId: string; readonly fault: Exclude<Fault, 'none' | 'recovering'>; readonly because: string;
    /** The contact that follows if nobody stops anybody, where the scenario promises one. */
    readonly contact?: { readonly withVehicleId: string; readonly inS: number; readonly xM: number; readonly yM: number };
  }
  | { readonly kind: 'pause-zone'; readonly zoneId: string; readonly because: string };

export type ScenarioName = 'crossing-failure' | 'breakdown' | 'off-route' | 'operator-pause';

/** Watches for the moment at which something can go wrong so that the outcome proves something. Ask it each 200 ms until it answers. */
export interface Scenario {
  readonly name: ScenarioName;
  /** @param takesLikely what goes wrong need not end in a contact for certain if nobody is stopped: somebody will be, and a certain one has been waited for */
  trigger(world: ScenarioWorld, takesLikely?: boolean): Trigger | null;
}
