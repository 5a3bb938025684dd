import { EventEmitter } from 'node:events';
import type { PGlite } from '@electric-sql/pglite' with { 'resolution-mode': 'import' };

type Connect = (error: Error | null, client?: PgliteClient, release?: () => void) => void;

interface QueryAnswer { readonly rows: unknown[]; readonly rowCount: number; readonly command: string }

/** The face of a `pg` client that TypeORM needs, over the embedded engine. */
class PgliteClient extends EventEmitter {
  constructor(private readonly engine: PGlite) {
    super();
  }

  async query(sql: string, parameters?: unknown[]): Promise<QueryAnswer> {
    const command = /^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? '';
    const answer = parameters !== undefined && parameters.length > 0 ? await this.engine.query(sql, parameters) : (await this.engine.exec(sql)).at(-1);
    return { rows: answer?.rows ?? [], rowCount: answer === undefined ? 0 : (answer.affectedRows ?? 0) || answer.rows.length, command };
  }
}

/**
 * A `pg` driver with a pool of one connection: PGlite is one session, so a transaction must have it to itself. Others wait in line for at most
 * `acquireTimeoutMs`.
 */
export function createPgliteDriver(engine: PGlite, acquireTimeoutMs = 10_000): { Pool: new () => EventEmitter } {
  let busy = false;
  const waiting: (() => void)[] = [];
  const passOn = (): void => {
    const next = waiting.shift();
    if (next === undefined) busy = false;
    else next();
  };

  class Pool extends EventEmitter {
    connect(callback: Connect): void {
      const grant = (): void => {
        let released = false;
        callback(null, new PgliteClient(engine), () => {
          if (released) return;
          released = true;
          passOn();
        });
      };
      if (!busy) {
        busy = true;
        grant();
        return;
      }
      let settled = false;
      const timer = setTimeout(() => {
        settled = true;
        callback(new Error(`the embedded database was not free within ${acquireTimeoutMs} ms`));
      }, acquireTimeoutMs);
      waiting.push(() => {
        if (settled) {
          passOn();
          return;
        }
        settled = true;
        clearTimeout(timer);
        grant();
      });
    }

    end(callback: (error?: Error) => void): void {
      callback();
    }
  }
  return { Pool };
}
