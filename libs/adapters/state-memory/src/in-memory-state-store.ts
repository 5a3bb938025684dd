import { StateStore, type Clock } from '@quaymaster/ports';

interface Entry { readonly json: string; readonly version: number; readonly expiresAtMs: number }

/** Latest values in this process. */
export class InMemoryStateStore extends StateStore {
  private readonly entries = new Map<string, Entry>();

  /** @param capacity entries at most; beyond it the one written longest ago goes */
  constructor(private readonly clock: Clock, private readonly capacity = 100_000) {
    super();
  }

  async put(key: string, value: unknown, options: { version: number; ttlMs?: number }): Promise<boolean> {
    const known = this.live(key);
    if (known !== undefined && options.version < known.version) return false;
    this.entries.delete(key);
    const expiresAtMs = options.ttlMs === undefined ? Infinity : this.clock.monotonicMs() + options.ttlMs;
    this.entries.set(key, { json: JSON.stringify(value), version: options.version, expiresAtMs });
    if (this.entries.size > this.capacity) this.entries.delete(this.entries.keys().next().value!);
    return true;
  }

  async get(key: string): Promise<unknown> {
    const entry = this.live(key);
    return entry === undefined ? undefined : JSON.parse(entry.json);
  }

  async list(prefix: string): Promise<ReadonlyMap<string, unknown>> {
    const found = new Map<string, unknown>();
    for (const key of [...this.entries.keys()]) {
      if (!key.startsWith(prefix)) continue;
      const entry = this.live(key);
      if (entry !== undefined) found.set(key, JSON.parse(entry.json));
    }
    return found;
  }

  async delete(key: string): Promise<void> {
    this.entries.delete(key);
  }

  async close(): Promise<void> {
    this.entries.clear();
  }

  private live(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry !== undefined && entry.expiresAtMs <= this.clock.monotonicMs()) {
      this.entries.delete(key);
      return undefined;
    }
    return entry;
  }
}
