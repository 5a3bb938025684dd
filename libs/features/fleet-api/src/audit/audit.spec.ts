import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Database, openDatabase } from '@quaymaster/database';
import fc from 'fast-check';
import { emptyStore } from '../../testing/empty-store';
import { GatewayStage } from '../../testing/gateway-stage';
import { fleetApiEntities, fleetApiMigrations } from '../index';
import { canonicalJson } from './canonical-json';

describe('the audit trail', () => {
  let database: Database;
  let stage: GatewayStage;

  beforeAll(async () => {
    database = await openDatabase({ entities: fleetApiEntities, migrations: fleetApiMigrations });
  });

  afterAll(async () => {
    await database.close();
  });

  beforeEach(async () => {
    await emptyStore(database.dataSource);
    const clock = new ManualClock();
    stage = await GatewayStage.open({ clock, bus: new InMemoryBus({ clock }), database: database.dataSource });
    await stage.register('A-1', 'A-2', 'A-3', 'A-4');
  });

  afterEach(async () => {
    await stage.close();
  });

  const verdict = async (): Promise<Record<string, unknown>> => (await stage.get('/v1/audit/verify')).body;
  /** As somebody would who owns the database. */
  const tamper = async (sql: string): Promise<void> => {
    await database.dataSource.query('ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_is_final');
    await database.dataSource.query(sql);
  };

  it('holds after ordinary work, with one entry an action', async () => {
    expect(await verdict()).toMatchObject({ holds: true, entries: 5 });
    const { body } = await stage.get('/v1/audit?limit=2');
    expect(body).toMatchObject({ items: [{ serial: 5, resource: 'A-4' }, { serial: 4, resource: 'A-3' }], next: '4' });
    expect((await stage.get('/v1/audit?limit=10&after=4')).body).toMatchObject({ items: [{ serial: 3 }, { serial: 2 }, { serial: 1 }], next: null });
  });

  it.each(['UPDATE audit_entry SET actor = \'nobody\'', 'DELETE FROM audit_entry WHERE serial = 2', 'TRUNCATE audit_entry'])('refuses %s', async (sql) => {
    await expect(database.dataSource.query(sql)).rejects.toThrow('never changed or removed');
    expect(await verdict()).toMatchObject({ holds: true });
  });

  it.each([
    ['an actor is replaced', `UPDATE audit_entry SET actor = 'somebody-else' WHERE serial = 3`, 3],
    ['a body is changed', `UPDATE audit_entry SET body = '{"vehicleId":"A-9"}' WHERE serial = 2`, 2],
    ['a time is moved', 'UPDATE audit_entry SET at_ms = at_ms + 1 WHERE serial = 4', 4],
    ['an entry is taken out', 'DELETE FROM audit_entry WHERE serial = 3', 3],
    ['the newest entry is taken out', 'DELETE FROM audit_entry WHERE serial = 5', 5],
    ['everything is taken out', 'DELETE FROM audit_entry', 1],
    ['an entry is hashed anew after a change', `UPDATE audit_entry SET actor = 'x', hash = repeat('0', 64) WHERE serial = 2`, 2],
  ])('is found broken when %s', async (_, sql, brokenAt) => {
    await tamper(sql);
    expect(await verdict()).toMatchObject({ holds: false, brokenAt });
  });

  it('is found broken when its head is moved back to hide the newest entries', async () => {
    await tamper('DELETE FROM audit_entry WHERE serial > 3');
    expect(await verdict()).toMatchObject({ holds: false, brokenAt: 4 });
  });
});

describe('canonical JSON', () => {
  it('is the same text for the same value, whatever the order of keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe('{"b":[1,{"c":"x","d":null}]}');
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(value));
    }));
  });

  it('means the same as the value itself', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }));
  });
});
