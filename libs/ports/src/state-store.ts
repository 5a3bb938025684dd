/** Latest values that may vanish: a cache with expiry. Values are JSON; they come back as copies. */
export abstract class StateStore {
  /** Replaces the value unless `version` is lower than the stored one; says whether it did. */
  abstract put(key: string, value: unknown, options: { version: number; ttlMs?: number }): Promise<boolean>;
  abstract get(key: string): Promise<unknown>;
  /** All live entries whose key starts with the prefix. */
  abstract list(prefix: string): Promise<ReadonlyMap<string, unknown>>;
  abstract delete(key: string): Promise<void>;
  abstract close(): Promise<void>;
}
