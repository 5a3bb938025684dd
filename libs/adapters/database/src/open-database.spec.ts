import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Column, Entity, type EntityManager, type MigrationInterface, PrimaryColumn, type QueryRunner } from 'typeorm';
import { type Database, type DatabaseOptions, openDatabase } from './open-database';

@Entity({ name: 'counter' })
class Counter {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'integer' })
  value!: number;

  @Column({ type: 'jsonb' })
  detail!: unknown;

  @Column({ type: 'timestamptz' })
  at!: Date;
}

class CreateCounter1700000000000 implements MigrationInterface {
  readonly name = 'CreateCounter1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE counter (id text PRIMARY KEY, value integer NOT NULL CHECK (value >= 0), detail jsonb NOT NULL, at timestamptz NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE counter');
  }
}

class Broken1700000000001 implements MigrationInterface {
  readonly name = 'Broken1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE half (id text)');
    await runner.query('CREATE TABLE counter (id text)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE half');
  }
}

const AT = new Date('2026-03-29T01:30:00.250Z');
const opened: Database[] = [];

async function open(options: Partial<DatabaseOptions> = {}): Promise<Database> {
  const database = await openDatabase({ entities: [Counter], migrations: [CreateCounter1700000000000], ...options });
  opened.push(database);
  return database;
}

afterEach(async () => { for (const database of opened.splice(0)) await database.close(); });

const valueOf = async (manager: EntityManager, id = 'a') => (await manager.findOneBy(Counter, { id }))?.value;

describe('the embedded database', () => {
  let database: Database;
  let manager: EntityManager;
  // One for all of them: making the first one of a process takes seconds.
  beforeAll(async () => {
    database = await openDatabase({ entities: [Counter], migrations: [CreateCounter1700000000000] });
    manager = database.dataSource.manager;
  }, 60_000);
  afterAll(async () => { await database.close(); });
  beforeEach(async () => {
    await manager.query('TRUNCATE counter');
    await manager.insert(Counter, { id: 'a', value: 0, detail: { list: [1, 'two', null] }, at: AT });
  });

  it('speaks PostgreSQL: jsonb, timestamptz and its own types', async () => {
    expect(await manager.findOneByOrFail(Counter, { id: 'a' })).toEqual({ id: 'a', value: 0, detail: { list: [1, 'two', null] }, at: AT });
    const rows: unknown = await manager.query(`SELECT detail -> 'list' ->> 1 AS second, 9007199254740993::bigint AS big, 1.10::numeric AS exact FROM counter WHERE id = $1`, ['a']);
    expect(rows).toEqual([{ second: 'two', big: '9007199254740993', exact: '1.10' }]);
  });

  it('takes hostile parameters for values', async () => {
    const id = '\'; DROP TABLE counter; --';
    await manager.insert(Counter, { id, value: 1, detail: {}, at: AT });
    expect(await valueOf(manager, id)).toBe(1);
  });

  it('keeps a statement outside of a transaction out of it', async () => {
    let outside: Promise<number | undefined> = Promise.resolve(undefined);
    await database.dataSource.transaction(async (inside) => {
      await inside.update(Counter, { id: 'a' }, { value: 5 });
      outside = valueOf(manager);
      await inside.update(Counter, { id: 'a' }, { value: 6 });
    });
    expect(await outside).toBe(6);
  });

  it('undoes a transaction that fails, and nothing of the one beside it', async () => {
    const failing = database.dataSource.transaction(async (inside) => {
      await inside.update(Counter, { id: 'a' }, { value: 99 });
      throw new Error('changed my mind');
    });
    const other = manager.insert(Counter, { id: 'b', value: 2, detail: {}, at: AT });
    await expect(failing).rejects.toThrow('changed my mind');
    await other;
    expect([await valueOf(manager), await valueOf(manager, 'b')]).toEqual([0, 2]);
  });

  it('undoes a transaction whose statement fails, and is free again', async () => {
    await expect(database.dataSource.transaction(async (inside) => {
      await inside.update(Counter, { id: 'a' }, { value: 7 });
      await inside.update(Counter, { id: 'a' }, { value: -1 });
    })).rejects.toMatchObject({ code: '23514' });
    expect(await valueOf(manager)).toBe(0);
  });

  it('loses none of 50 increments that come at once', async () => {
    await Promise.all(Array.from({ length: 50 }, () => database.dataSource.transaction(async (inside) => {
      const { value } = await inside.findOneOrFail(Counter, { where: { id: 'a' }, lock: { mode: 'pessimistic_write' } });
      await inside.update(Counter, { id: 'a' }, { value: value + 1 });
    })));
    expect(await valueOf(manager)).toBe(50);
  });

  it('claims rows with SKIP LOCKED and says how many a statement changed', async () => {
    for (const id of ['b', 'c']) await manager.insert(Counter, { id, value: 0, detail: {}, at: AT });
    const [rows, changed] = await manager.query<[{ id: string }[], number]>(
      'UPDATE counter SET value = 1 WHERE id IN (SELECT id FROM counter WHERE value = 0 ORDER BY id LIMIT 2 FOR UPDATE SKIP LOCKED) RETURNING id',
    );
    expect([rows.map(({ id }) => id).sort(), changed]).toEqual([['a', 'b'], 2]);
    expect((await manager.update(Counter, { id: 'nobody' }, { value: 1 })).affected).toBe(0);
  });

  it('reports what PostgreSQL reports', async () => {
    await expect(manager.insert(Counter, { id: 'a', value: 1, detail: {}, at: AT })).rejects.toMatchObject({ code: '23505' });
    await expect(manager.query('SELECT * FROM nothing')).rejects.toMatchObject({ code: '42P01' });
  });

  it('is apart from another one in memory', async () => {
    const other = await open();
    expect(await valueOf(other.dataSource.manager)).toBeUndefined();
  });
});

describe('a folder', () => {
  let dataDir: string;
  beforeEach(() => { dataDir = mkdtempSync(join(tmpdir(), 'qm-database-')); });
  afterEach(() => { rmSync(dataDir, { recursive: true, force: true }); });

  it('keeps the data, and runs a migration once', async () => {
    const folder = join(dataDir, 'deep', 'relational');
    const before = await open({ dataDir: folder });
    await before.dataSource.manager.insert(Counter, { id: 'a', value: 41, detail: { kept: true }, at: AT });
    await opened.pop()!.close();
    const after = await open({ dataDir: folder });
    expect(await after.dataSource.manager.findOneByOrFail(Counter, { id: 'a' })).toEqual({ id: 'a', value: 41, detail: { kept: true }, at: AT });
    expect(await after.dataSource.query('SELECT name FROM migrations')).toEqual([{ name: 'CreateCounter1700000000000' }]);
  });

  it('is left as it was by a migration that fails, and opens again without it', async () => {
    await expect(open({ dataDir, migrations: [CreateCounter1700000000000, Broken1700000000001] })).rejects.toThrow(/already exists/);
    const after = await open({ dataDir });
    expect(await after.dataSource.query(`SELECT to_regclass('half') AS half, to_regclass('counter') IS NOT NULL AS counter`)).toEqual([{ half: null, counter: true }]);
  });
});

it('says when a server cannot be reached', async () => {
  await expect(open({ url: 'postgres://nobody:secret@127.0.0.1:9/none' })).rejects.toThrow(/ECONNREFUSED/);
});
