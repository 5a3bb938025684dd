import { Column, Entity, type EntityManager, type MigrationInterface, PrimaryColumn, type QueryRunner } from 'typeorm';
import type { Database } from '../src';

@Entity({ name: 'contract_row' })
export class ContractRow {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'integer' })
  value!: number;

  @Column({ type: 'jsonb' })
  detail!: object;

  @Column({ type: 'timestamptz' })
  at!: Date;

  @Column({ type: 'bigint', name: 'at_ms' })
  atMs!: string | number;
}

export class CreateContractRow1700000000000 implements MigrationInterface {
  readonly name = 'CreateContractRow1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE contract_row (
      id text PRIMARY KEY, value integer NOT NULL CHECK (value >= 0), detail jsonb NOT NULL, at timestamptz NOT NULL, at_ms bigint NOT NULL)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE contract_row');
  }
}

const AT = new Date('2026-03-29T01:30:00.250Z');
const row = (id: string, changes: { value?: number; detail?: object; atMs?: number } = {}) => ({ id, value: 0, detail: {}, at: AT, atMs: 0, ...changes });

/** What the code above leans on, and both engines do alike. `open` gives a database with ContractRow and its migration; one serves all tests. */
export function describeRelational(name: string, open: () => Promise<Database>): void {
  describe(`${name} as a relational store`, () => {
    let database: Database;
    let manager: EntityManager;
    beforeAll(async () => {
      database = await open();
      manager = database.dataSource.manager;
    }, 60_000);
    afterAll(async () => { await database.close(); });
    beforeEach(async () => {
      await manager.query('TRUNCATE contract_row');
      await manager.insert(ContractRow, row('a'));
    });

    const valueOf = async (id = 'a') => (await manager.findOneBy(ContractRow, { id }))?.value;

    it.each([
      ['numbers', { whole: 9_007_199_254_740_991, part: -0.1, tiny: 5e-324, huge: 1e300 }], ['texts', { text: 'Käi "7" \\ \u{1F525} \'; --', empty: '' }],
      ['nothing and truth', [null, true, false, [], {}]], ['a list of lists', [[1, [2, [3]]]]], ['a bare text', 'text'], ['a bare number', 7],
    ])('gives jsonb back as it was: %s', async (_, detail) => {
      // TypeORM takes a bare text for JSON that is written already.
      await manager.query('UPDATE contract_row SET detail = $1::jsonb', [JSON.stringify(detail)]);
      expect((await manager.findOneByOrFail(ContractRow, { id: 'a' })).detail).toEqual(detail);
      const rows = await manager.query<{ detail: unknown }[]>('SELECT detail FROM contract_row');
      expect(rows).toEqual([{ detail }]);
    });

    it('writes an object or a list that an entity holds as jsonb', async () => {
      await manager.insert(ContractRow, row('b', { detail: { list: [1, 'two', null] } }));
      const rows = await manager.query<unknown[]>('SELECT jsonb_typeof(detail) AS kind, detail -> \'list\' ->> 1 AS second FROM contract_row WHERE id = $1', ['b']);
      expect(rows).toEqual([{ kind: 'object', second: 'two' }]);
    });

    it('spreads a list of records in one statement', async () => {
      const records = [{ id: 'b', value: 1, at_ms: 1_760_000_000_123 }, { id: 'c', value: 2, at_ms: 1_760_000_000_124 }];
      await manager.query(
        `INSERT INTO contract_row (id, value, detail, at, at_ms)
         SELECT id, value, '{}', now(), at_ms FROM jsonb_to_recordset($1::jsonb) AS r(id text, value integer, at_ms bigint) ON CONFLICT (id) DO NOTHING`,
        [JSON.stringify(records)],
      );
      expect(await manager.countBy(ContractRow, {})).toBe(3);
    });

    it('takes a number for a bigint and gives it back as text, exact beyond what a number holds', async () => {
      await manager.insert(ContractRow, row('b', { atMs: Number.MAX_SAFE_INTEGER }));
      expect((await manager.findOneByOrFail(ContractRow, { id: 'b' })).atMs).toBe('9007199254740991');
      const rows = await manager.query<unknown[]>('SELECT at_ms, at_ms + 2 AS beyond, count(*) AS n, 7::integer AS small, 1.10::numeric AS exact FROM contract_row WHERE id = $1 GROUP BY at_ms', ['b']);
      expect(rows).toEqual([{ at_ms: '9007199254740991', beyond: '9007199254740993', n: '1', small: 7, exact: '1.10' }]);
    });

    it('gives an instant back to the millisecond, whatever the time zone', async () => {
      await manager.query('SET TIME ZONE \'Asia/Kolkata\'');
      expect((await manager.findOneByOrFail(ContractRow, { id: 'a' })).at).toEqual(AT);
      await manager.query('SET TIME ZONE \'UTC\'');
    });

    it('undoes a transaction that fails, and nothing of the one beside it', async () => {
      const failing = database.dataSource.transaction(async (inside) => {
        await inside.update(ContractRow, { id: 'a' }, { value: 99 });
        throw new Error('changed my mind');
      });
      const other = manager.insert(ContractRow, row('b', { value: 2 }));
      await expect(failing).rejects.toThrow('changed my mind');
      await other;
      expect([await valueOf(), await valueOf('b')]).toEqual([0, 2]);
    });

    it('never shows a transaction before it is done', async () => {
      const seen: (number | undefined)[] = [];
      const readers: Promise<void>[] = [];
      await database.dataSource.transaction(async (inside) => {
        await inside.update(ContractRow, { id: 'a' }, { value: 5 });
        // Not awaited: an engine of one session answers only when the transaction is over.
        readers.push(valueOf().then((value) => { seen.push(value); }));
        await inside.update(ContractRow, { id: 'a' }, { value: 6 });
      });
      await Promise.all(readers);
      expect(seen).not.toContain(5);
      expect(await valueOf()).toBe(6);
    });

    it('loses none of 50 increments under row locks', async () => {
      await Promise.all(Array.from({ length: 50 }, () => database.dataSource.transaction(async (inside) => {
        const { value } = await inside.findOneOrFail(ContractRow, { where: { id: 'a' }, lock: { mode: 'pessimistic_write' } });
        await inside.update(ContractRow, { id: 'a' }, { value: value + 1 });
      })));
      expect(await valueOf()).toBe(50);
    });

    it('loses none of 20 increments under an advisory lock, which goes with its transaction', async () => {
      await Promise.all(Array.from({ length: 20 }, (_, i) => database.dataSource.transaction(async (inside) => {
        await inside.query('SELECT pg_advisory_xact_lock($1)', [77]);
        const { value } = await inside.findOneByOrFail(ContractRow, { id: 'a' });
        await inside.update(ContractRow, { id: 'a' }, { value: value + 1 });
        if (i === 7) throw new Error('undone');
      }).catch(() => undefined)));
      expect(await valueOf()).toBe(19);
      expect(await manager.query('SELECT pg_try_advisory_lock(77) AS free, pg_advisory_unlock(77) AS given_back')).toEqual([{ free: true, given_back: true }]);
    });

    it('lets many claim rows with SKIP LOCKED, each row once', async () => {
      await manager.insert(ContractRow, Array.from({ length: 59 }, (_, i) => row(`r-${String(i).padStart(2, '0')}`)));
      const claim = (): Promise<string[]> => database.dataSource.transaction(async (inside) => {
        const [rows] = await inside.query<[{ id: string }[], number]>(
          'UPDATE contract_row SET value = 1 WHERE id IN (SELECT id FROM contract_row WHERE value = 0 ORDER BY id LIMIT 7 FOR UPDATE SKIP LOCKED) RETURNING id',
        );
        return rows.map(({ id }) => id);
      });
      const claimed: string[] = [];
      for (let rounds = 0; rounds < 20 && claimed.length < 60; rounds += 1) claimed.push(...(await Promise.all([claim(), claim(), claim(), claim()])).flat());
      expect(claimed).toHaveLength(60);
      expect(new Set(claimed).size).toBe(60);
    });

    it('says how many rows a statement changed, and which rule one broke', async () => {
      expect((await manager.update(ContractRow, { id: 'nobody' }, { value: 1 })).affected).toBe(0);
      const [, changed] = await manager.query<[unknown[], number]>('UPDATE contract_row SET value = 3');
      expect(changed).toBe(1);
      await expect(manager.insert(ContractRow, row('a'))).rejects.toMatchObject({ code: '23505' });
      await expect(manager.update(ContractRow, { id: 'a' }, { value: -1 })).rejects.toMatchObject({ code: '23514' });
      await expect(manager.query('SELECT * FROM nothing')).rejects.toMatchObject({ code: '42P01' });
    });

    it('takes hostile parameters for values', async () => {
      const id = '\'; DROP TABLE contract_row; --';
      await manager.insert(ContractRow, row(id, { value: 1 }));
      expect(await valueOf(id)).toBe(1);
    });
  });
}
