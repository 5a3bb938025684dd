import type { Cancel, Clock } from '@quaymaster/ports';
import type { DataSource, QueryRunner } from 'typeorm';

/** First of the two numbers of the lock; the second is the schema's, since sites may share a database. */
const LOCK = 5_190_002;
const LOOK_MS = 1000;
/** A server keeps the session of a host that vanished, and its lock, until its own system gives the connection up: after 5 + 3 x 2 s then, not after two hours. */
const NOTICED_SOON = 'SELECT set_config(\'tcp_keepalives_idle\', \'5\', false), set_config(\'tcp_keepalives_interval\', \'2\', false), set_config(\'tcp_keepalives_count\', \'3\', false)';

/**
 * The right to be a site's scheduler: an advisory lock in a session of the database that is held for life. It keeps a second one waiting; what
 * makes sure that no two schedulers move vehicles is the epoch.
 */
export class SiteLock {
  private isLooking = false;
  private cancel: Cancel = () => undefined;

  private constructor(private runner: QueryRunner, private readonly database: DataSource) {}

  /** Null while another instance has it. */
  static async take(database: DataSource): Promise<SiteLock | null> {
    const runner = await locked(database);
    return runner === null ? null : new SiteLock(runner, database);
  }

  /**
   * Looks after the session. Should it break, the lock is taken again if nobody else has it; `onLost` is called once when somebody has. While the database is
   * away nothing is decided: nobody can store anything then.
   */
  watch(clock: Clock, onLost: () => void): void {
    this.cancel = clock.every(LOOK_MS, () => { void this.look(onLost); });
  }

  async release(): Promise<void> {
    this.cancel();
    await this.runner.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
    await this.runner.release().catch(() => undefined);
  }

  private async look(onLost: () => void): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      if (await answers(this.runner)) return;
      await this.runner.release().catch(() => undefined);
      const runner = await locked(this.database).catch(() => undefined);
      if (runner === undefined) return;
      if (runner !== null) {
        this.runner = runner;
        return;
      }
      this.cancel();
      onLost();
    } finally {
      this.isLooking = false;
    }
  }
}

async function answers(runner: QueryRunner): Promise<boolean> {
  if (runner.isReleased) return false;
  return runner.query('SELECT 1').then(() => true, () => false);
}

/** A session that has the lock, null when another one has it. */
async function locked(database: DataSource): Promise<QueryRunner | null> {
  const runner = database.createQueryRunner();
  try {
    await runner.query(NOTICED_SOON);
    const [row] = await runner.query('SELECT pg_try_advisory_lock($1, hashtext(current_schema())) AS held', [LOCK]) as { held: boolean }[];
    if (row?.held === true) return runner;
  } catch (error) {
    await runner.release().catch(() => undefined);
    throw error;
  }
  await runner.release();
  return null;
}
