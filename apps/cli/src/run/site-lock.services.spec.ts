import { randomBytes } from 'node:crypto';
import { ManualClock, SystemClock } from '@quaymaster/clock';
import { type Database, openDatabase } from '@quaymaster/database';
import { describeWithServices } from '@quaymaster/ports/testing';
import { SiteLock } from './site-lock';

const LOOK_MS = 1000;
const real = new SystemClock();

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await real.sleep(10);
}

describeWithServices('the right to be the scheduler of a site', ['QM_POSTGRES_URL', 'QM_POSTGRES_PASSWORD'], (env) => {
  const schemas = [0, 1].map((i) => `lock_${randomBytes(4).toString('hex')}_${i}`);
  const opened: Database[] = [];
  let clock: ManualClock;

  const open = async (schema: string): Promise<Database> => {
    const database = await openDatabase({
      url: `${env['QM_POSTGRES_URL']!}?options=-c%20search_path%3D${schema}`, password: env['QM_POSTGRES_PASSWORD'], entities: [], migrations: [], poolSize: 3, schema: 'expect',
    });
    opened.push(database);
    return database;
  };
  let first: Database;
  let second: Database;

  beforeEach(async () => {
    clock = new ManualClock();
    first = await open(schemas[0]!);
    second = await open(schemas[0]!);
    for (const schema of schemas) await first.dataSource.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  });
  afterEach(async () => {
    for (const schema of schemas) await first.dataSource.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    for (const database of opened.splice(0)) await database.close();
  });

  /** Cuts the sessions that hold the lock of a site, as a database does that is restarted. */
  const cut = async (): Promise<void> => {
    await second.dataSource.query('SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = \'advisory\' AND classid = 5190002 AND objid = (hashtext(current_schema())::bigint & 4294967295)');
  };
  const isFree = async (): Promise<boolean> => {
    const lock = await SiteLock.take(second.dataSource);
    await lock?.release();
    return lock !== null;
  };

  it('is one scheduler\'s at a time, and the next one\'s when it is given back', async () => {
    const lock = await SiteLock.take(first.dataSource);
    expect([lock === null, await isFree()]).toEqual([false, false]);
    await lock!.release();
    expect(await isFree()).toBe(true);
  });

  it('is one for each schema of a database', async () => {
    const here = await SiteLock.take(first.dataSource);
    const there = await SiteLock.take((await open(schemas[1]!)).dataSource);
    expect([here === null, there === null]).toEqual([false, false]);
    await here!.release();
    await there!.release();
  });

  it('is taken again by the scheduler whose session was cut, while nobody else wants it', async () => {
    const lock = (await SiteLock.take(first.dataSource))!;
    let lost = 0;
    lock.watch(clock, () => { lost += 1; });
    await cut();
    await until(isFree);
    clock.advance(LOOK_MS);
    await until(async () => !(await isFree()));
    clock.advance(LOOK_MS);
    expect(lost).toBe(0);
    await lock.release();
    expect(await isFree()).toBe(true);
  });

  it('is gone for the scheduler whose session was cut when another one has it, which is told once', async () => {
    const lock = (await SiteLock.take(first.dataSource))!;
    let lost = 0;
    lock.watch(clock, () => { lost += 1; });
    await cut();
    let other: SiteLock | null = null;
    await until(async () => (other = await SiteLock.take(second.dataSource)) !== null);
    clock.advance(LOOK_MS);
    await until(() => lost > 0);
    clock.advance(LOOK_MS);
    expect(lost).toBe(1);
    await lock.release();
    expect(await SiteLock.take(first.dataSource)).toBeNull();
    await other!.release();
  });
});
