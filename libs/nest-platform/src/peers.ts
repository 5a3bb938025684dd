import type { Heartbeat } from '@quaymaster/messages';
import type { Clock } from '@quaymaster/ports';

/** An instance that beats each second and has not been heard of for so long is taken for dead: two beats in a row are missing then. */
export const PEER_SILENCE_MS = 2500;

/**
 * The instances of a service that are at work, as their heartbeats on the bus tell, and how they share what has a key: by rendezvous hashing, so that the death of
 * one moves its share alone. Instances may differ for a moment in whom they take for living; what they share must bear that.
 */
export class Peers {
  private readonly heardMs = new Map<string, number>();
  private isLeaving = false;

  /** @param self this instance; it counts itself in, heard or not, until it leaves */
  constructor(readonly self: string, private readonly service: Heartbeat['service'], private readonly clock: Clock) {}

  hear({ service, instance, isLeaving }: Heartbeat): void {
    if (service !== this.service || instance === this.self) return;
    if (isLeaving) this.heardMs.delete(instance);
    else this.heardMs.set(instance, this.clock.monotonicMs());
  }

  /** From here on this instance has no share while another one lives. */
  leave(): void {
    this.isLeaving = true;
  }

  /** Other instances that live, in the order of their names. */
  get others(): readonly string[] {
    const nowMs = this.clock.monotonicMs();
    for (const [instance, heardMs] of this.heardMs) if (nowMs - heardMs > PEER_SILENCE_MS) this.heardMs.delete(instance);
    return [...this.heardMs.keys()].sort();
  }

  isAlive(instance: string): boolean {
    return instance === this.self || this.others.includes(instance);
  }

  /** Those who have a share, this instance included unless it leaves and others stay. */
  get sharers(): readonly string[] {
    const { others } = this;
    return this.isLeaving && others.length > 0 ? others : [...others, this.self].sort();
  }

  /** The sharers, the one that is responsible for the key first. The same on every instance that knows of the same sharers. */
  ranked(key: string): readonly string[] {
    return this.sharers.map((instance) => ({ instance, weight: hash(`${key}|${instance}`) }))
      .sort((a, b) => b.weight - a.weight || (a.instance < b.instance ? -1 : 1)).map(({ instance }) => instance);
  }
}

/** FNV-1a of 32 bits, finished as MurmurHash3 does it: keys that differ in their last letter alone would else keep their order. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
