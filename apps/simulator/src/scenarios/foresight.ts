import type { Actor } from './scenario';
import { Rollout } from './rollout';

/**
 * Motion ahead of every vehicle under two assumptions that enclose what a control plane may do meanwhile: nobody gets another permission, and everybody gets
 * one to the end of its path. Made when asked for, once a look.
 */
export class Foresight {
  private readonly rollouts = new Map<string, Rollout>();

  constructor(readonly vehicles: readonly Actor[], readonly overS: number) {}

  /** On the permission that it has. */
  held(actor: Actor): Rollout {
    return this.remember(`held ${actor.vehicleId}`, () => new Rollout(actor.train, this.overS));
  }

  /** With permission to the end of its path. */
  freed(actor: Actor): Rollout {
    return this.remember(`freed ${actor.vehicleId}`, () => {
      const twin = actor.train.copy();
      if (twin.path !== null) twin.releasedToSM = twin.path.lengthM;
      return new Rollout(twin, this.overS);
    });
  }

  othersThan(actor: Actor): Actor[] {
    return this.vehicles.filter((other) => other !== actor);
  }

  private remember(key: string, make: () => Rollout): Rollout {
    let rollout = this.rollouts.get(key);
    if (rollout === undefined) this.rollouts.set(key, rollout = make());
    return rollout;
  }
}

/** It follows a path on its own and nothing keeps it from it. */
export function isAtWork({ train }: Actor): boolean {
  return train.path !== null && !train.stopped && train.leaseAlive && train.fault === 'none';
}
