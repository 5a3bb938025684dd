import type { EventEmitter } from 'node:events';
import pg from 'pg';

/** Where a PostgreSQL server is. */
export interface DatabaseServer {
  /**
   * `postgres://user@host:5432/database`, with `?sslmode=require` (encrypted) or `?sslmode=verify-full` (and the server proves who it is), and with
   * `&options=-c%20search_path%3Dsite` and the like for what a session starts with.
   */
  readonly url: string;
  readonly password?: string | undefined;
}

export interface ServerConnection {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  readonly ssl: false | { readonly rejectUnauthorized: boolean };
  /** Settings of a session, as the server's command line has them; '' for none. */
  readonly sessionOptions: string;
}

const SSL_MODES: Readonly<Record<string, ServerConnection['ssl']>> = { disable: false, require: { rejectUnauthorized: false }, 'verify-full': { rejectUnauthorized: true } };

/** @throws RangeError when it is no address; the text leaves it out, since a password may stand in it */
export function connectionOf({ url, password }: DatabaseServer): ServerConnection {
  const address = URL.canParse(url) ? new URL(url) : null;
  if (address === null || !['postgres:', 'postgresql:'].includes(address.protocol) || address.hostname === '' || address.pathname.length < 2) {
    throw new RangeError('the address of the database must be postgres://user@host:port/database');
  }
  const mode = address.searchParams.get('sslmode') ?? 'disable';
  const ssl = SSL_MODES[mode];
  if (ssl === undefined) throw new RangeError(`the database's sslmode must be one of ${Object.keys(SSL_MODES).join(', ')}, got ${mode}`);
  return {
    host: address.hostname, port: Number(address.port || 5432), username: decodeURIComponent(address.username), ssl,
    sessionOptions: address.searchParams.get('options') ?? '',
    password: password ?? decodeURIComponent(address.password), database: decodeURIComponent(address.pathname.slice(1)),
  };
}

/** Limits of every statement of a service. What hangs longer is cut off by the server, and by the client where the server itself hangs. */
export const serviceLimits = {
  connectionTimeoutMillis: 2000, statement_timeout: 5000, query_timeout: 6000, lock_timeout: 2000, idle_in_transaction_session_timeout: 10_000, idleTimeoutMillis: 30_000,
  keepAlive: true, keepAliveInitialDelayMillis: 5000,
} as const;

/** The part of a `pg` client that its types leave out: the connection tells of every error that the server reports. */
interface ReportingClient extends EventEmitter {
  readonly connection?: EventEmitter;
  end(): Promise<void>;
}

/**
 * A client that is in use reports a broken connection as an error event of its own, beside the statement's; nobody listening would end the process. The pool
 * replaces the client, and the statement's error is the caller's. A fatal report is followed by the end of the connection: until that has come the client
 * would be given to the next one who asks, and fail them too.
 */
class GuardedPool extends pg.Pool {
  constructor(options: pg.PoolConfig) {
    super(options);
    this.on('connect', (client: unknown) => { guard(client as ReportingClient); });
    this.on('error', () => undefined);
  }
}

function guard(client: ReportingClient): void {
  client.on('error', () => undefined);
  client.connection?.on('errorMessage', (report: { readonly severity?: string }) => {
    if (report.severity === 'FATAL') client.end().catch(() => undefined);
  });
}

/** What TypeORM takes of a connection. `extra` goes to the pool as it is. */
export function sourceOptions({ sessionOptions, ...connection }: ServerConnection, extra: pg.PoolConfig) {
  return { ...connection, driver: guardedDriver, extra: { ...extra, ...(sessionOptions === '' ? {} : { options: sessionOptions }) } };
}

/** `pg` with its pool guarded, for TypeORM. */
export const guardedDriver = { ...pg, Pool: GuardedPool };
