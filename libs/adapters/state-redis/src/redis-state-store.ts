import { StateStore, StateUnavailableError } from '@quaymaster/ports';
import { Redis, type RedisOptions } from 'ioredis';
import { type StateCommands, withScripts } from './scripts';

/** A call that has no answer by then is given up. */
const COMMAND_TIMEOUT_MS = 500;
/** A listing of several pages asks for no further one after this: with the last page it stays below a second. */
const LISTING_MS = 450;
/** A connection that owes an answer for this long is dropped, and what it still holds with it. */
const SILENCE_MS = 1000;
const CONNECT_TIMEOUT_MS = 1000;
/** How long a connection that is given up may take to say good-bye. */
const CLOSING_MS = 200;
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 2000;
/** How long `open` waits for a server before it goes on without. */
const OPENING_MS = 1000;
/** Calls without an answer at most. Beyond it a call is refused at once, so that a server that hangs costs a known amount of memory. */
const MAX_OPEN_CALLS = 2000;
/** Names a page: a script of this size keeps the server for about a millisecond. */
const PAGE_NAMES = 500;

export interface RedisStateOptions {
  /** `redis://host:6379/0`, or `rediss://` for TLS. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Starts every key, so that sites can share a server; it is also the hash tag that keeps a site on one node of a cluster. Default `quaymaster`. */
  readonly keyPrefix?: string;
}

/**
 * Latest values in Redis. It may vanish at any time, wholly or (under a server's memory limit) in part. While it is away every call rejects with
 * StateUnavailableError within a second, nothing is queued, and it comes back by itself.
 */
export class RedisStateStore extends StateStore {
  private readonly redis: Redis & StateCommands;
  private readonly open = new Set<Promise<unknown>>();
  private readonly names: string;
  private readonly instants: string;
  private readonly entries: string;
  private lastFault = 'not connected yet';
  private closed = false;

  /** Connects in the background. @throws RangeError when the address is none */
  constructor(options: RedisStateOptions) {
    super();
    const tag = `{${options.keyPrefix ?? 'quaymaster'}}`;
    this.names = `${tag}:names`;
    this.instants = `${tag}:instants`;
    this.entries = `${tag}:state:`;
    this.redis = withScripts(new Redis(connectionOf(options)));
    this.redis.on('error', (error: Error) => { this.lastFault = error.message; });
    this.redis.connect().catch(() => undefined);
  }

  /** A store that has had a second to connect. It does not reject when the server is away: the calls say so. */
  static async open(options: RedisStateOptions): Promise<RedisStateStore> {
    const store = new RedisStateStore(options);
    if (store.isAvailable) return store;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, OPENING_MS);
      store.redis.once('ready', () => {
        clearTimeout(timer);
        resolve();
      });
    });
    return store;
  }

  /** True while calls are sent to a server. */
  get isAvailable(): boolean {
    return !this.closed && this.redis.status === 'ready';
  }

  async put(key: string, value: unknown, options: { version: number; ttlMs?: number }): Promise<boolean> {
    const json = JSON.stringify(value) as string | undefined;
    if (json === undefined) throw new TypeError(`the value of ${key} is not JSON`);
    const ttl = options.ttlMs === undefined ? '' : Math.ceil(options.ttlMs);
    const stored = await this.call(() => this.redis.qmPut(this.entries + key, this.names, this.instants, key, options.version, json, ttl, this.entries));
    return stored === 1;
  }

  async get(key: string): Promise<unknown> {
    const json = await this.call(() => this.redis.hget(this.entries + key, 'j'));
    return json === null ? undefined : JSON.parse(json);
  }

  /** Read in pages: what is put or deleted meanwhile may or may not be among them. */
  async list(prefix: string): Promise<ReadonlyMap<string, unknown>> {
    const found = new Map<string, unknown>();
    const startedMs = performance.now();
    // No text of UTF-8 has a byte 255: it stands after every name that starts with the prefix.
    const to = prefix === '' ? '+' : Buffer.concat([Buffer.from(`(${prefix}`), Buffer.of(255)]);
    let from = prefix === '' ? '-' : `[${prefix}`;
    for (;;) {
      const [last = '', ...pairs] = await this.call(() => this.redis.qmList(this.names, from, to, PAGE_NAMES, this.entries));
      for (let i = 0; i + 1 < pairs.length; i += 2) found.set(pairs[i]!, JSON.parse(pairs[i + 1]!));
      if (last === '') return found;
      if (performance.now() - startedMs > LISTING_MS) throw new StateUnavailableError(`listing ${prefix} took too long`);
      from = `(${last}`;
    }
  }

  async delete(key: string): Promise<void> {
    await this.call(() => this.redis.qmRemove(this.entries + key, this.names, this.instants, key));
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await Promise.allSettled(this.open);
    this.redis.disconnect();
  }

  private async call<T>(send: () => Promise<T>): Promise<T> {
    if (this.closed) throw new StateUnavailableError('the state cache is closed');
    if (this.redis.status !== 'ready') throw new StateUnavailableError(`the state cache is away: ${this.lastFault}`);
    if (this.open.size >= MAX_OPEN_CALLS) throw new StateUnavailableError(`the state cache owes ${this.open.size} answers`);
    const running = send();
    this.open.add(running);
    try {
      return await running;
    } catch (error) {
      // The client hangs the command's arguments on its errors: values and, at the greeting, the password. Only the text goes on.
      throw new StateUnavailableError(`the state cache does not answer: ${error instanceof Error ? error.message : 'unknown'}`);
    } finally {
      this.open.delete(running);
    }
  }
}

function connectionOf({ url, username, password }: RedisStateOptions): RedisOptions {
  const address = URL.canParse(url) ? new URL(url) : null;
  // The address itself stays out of the text: somebody may have put a password in it.
  if (address === null || !['redis:', 'rediss:'].includes(address.protocol)) throw new RangeError('the address of the state cache must be redis://host:port/database');
  const database = address.pathname.replace(/^\//, '');
  if (!/^\d*$/.test(database)) throw new RangeError(`the state cache's database must be a number, got ${database}`);
  const user = username ?? decodeURIComponent(address.username);
  const secret = password ?? decodeURIComponent(address.password);
  return {
    host: address.hostname, port: Number(address.port || 6379), db: Number(database), lazyConnect: true,
    ...(address.protocol === 'rediss:' ? { tls: {} } : {}), ...(user === '' ? {} : { username: user }), ...(secret === '' ? {} : { password: secret }),
    // Sent again a command would run twice; kept for later it would fill the memory and come too late.
    autoResendUnfulfilledCommands: false, enableOfflineQueue: false, maxRetriesPerRequest: 1,
    commandTimeout: COMMAND_TIMEOUT_MS, socketTimeout: SILENCE_MS, connectTimeout: CONNECT_TIMEOUT_MS, disconnectTimeout: CLOSING_MS, keepAlive: 5000, disableClientInfo: true,
    // A server that was made a replica refuses writes until the client asks again who leads.
    reconnectOnError: (error) => error.message.includes('READONLY'),
    retryStrategy: (attempt) => RETRY_MIN_MS + Math.random() * Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(attempt, 10)),
  };
}
