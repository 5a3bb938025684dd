import { randomUUID } from 'node:crypto';
import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Database, openDatabase } from '@quaymaster/database';
import { type VehicleRegistration, vehicleRegistrations } from '@quaymaster/messages';
import { emptyStore } from '../../testing/empty-store';
import { ADMIN_TOKEN, GatewayStage } from '../../testing/gateway-stage';
import { fleetApiEntities, fleetApiMigrations, VehicleAccounts, VehicleRegistry } from '../index';

/** A broker that keeps accounts, and can be away. */
class AccountBook extends VehicleAccounts {
  readonly passwords = new Map<string, string>();
  isAway = false;

  async admit(vehicleId: string, password: string): Promise<void> {
    if (this.isAway) throw new Error('the connection is closed');
    this.passwords.set(vehicleId, password);
  }

  async withdraw(vehicleId: string): Promise<void> {
    if (this.isAway) throw new Error('the connection is closed');
    this.passwords.delete(vehicleId);
  }
}

let clock: ManualClock;
let bus: InMemoryBus;
let database: Database;
let accounts: AccountBook;
let stage: GatewayStage;
let news: VehicleRegistration[];

beforeAll(async () => {
  database = await openDatabase({ entities: fleetApiEntities, migrations: fleetApiMigrations });
});

afterAll(async () => {
  await database.close();
});

const open = (): Promise<GatewayStage> => GatewayStage.open({ clock, bus, database: database.dataSource }, { vehicleAccounts: accounts });

beforeEach(async () => {
  await emptyStore(database.dataSource);
  clock = new ManualClock();
  bus = new InMemoryBus({ clock });
  accounts = new AccountBook();
  news = [];
  await bus.subscribe(vehicleRegistrations, 'ear', async (batch) => { news.push(...batch.map(({ message }) => message)); });
  stage = await open();
  await stage.register('A-1');
});

afterEach(async () => {
  await stage.close();
});

const isRegistered = (vehicleId: string): boolean => stage.app.get(VehicleRegistry).isKnown(vehicleId);
const remove = (vehicleId: string, key: string) => stage.send('DELETE', `/v1/vehicles/${vehicleId}`, { token: ADMIN_TOKEN, key });

describe('the broker account of a vehicle', () => {
  it('has the password that the registration and each renewal told, and ends with the registration', async () => {
    const { body } = await stage.post('/v1/vehicles', { vehicleId: 'A-2', modelId: 'agv' });
    expect(accounts.passwords.get('A-2')).toBe(body['secret']);
    const renewed = await stage.post('/v1/vehicles/A-2/secret', {});
    expect(accounts.passwords.get('A-2')).toBe(renewed.body['secret']);
    expect(renewed.body['secret']).not.toBe(body['secret']);
    expect((await remove('A-2', randomUUID())).status).toBe(200);
    expect([...accounts.passwords.keys()]).toEqual(['A-1']);
  });

  it('that could not be made leaves no registration behind, is told as 503, and is made when the same request comes again', async () => {
    accounts.isAway = true;
    const refused = await stage.post('/v1/vehicles', { vehicleId: 'A-2', modelId: 'agv' }, 'key-1');
    expect([refused.status, refused.body['code'], isRegistered('A-2')]).toEqual([503, 'QM_VEHICLE_ACCOUNT_UNAVAILABLE', false]);
    expect(refused.body['detail']).toContain('account of A-2');
    accounts.isAway = false;
    const made = await stage.post('/v1/vehicles', { vehicleId: 'A-2', modelId: 'agv' }, 'key-1');
    expect([made.status, accounts.passwords.get('A-2'), isRegistered('A-2')]).toEqual([201, made.body['secret'], true]);
  });

  it('that could not be ended keeps its vehicle registered until it can', async () => {
    accounts.isAway = true;
    expect((await remove('A-1', 'key-1')).status).toBe(503);
    expect(isRegistered('A-1')).toBe(true);
    accounts.isAway = false;
    expect((await remove('A-1', 'key-1')).status).toBe(200);
    expect([isRegistered('A-1'), accounts.passwords.size]).toEqual([false, 0]);
  });
});

describe('registrations on the bus', () => {
  it('tell of a vehicle when it is registered, when it is removed, and at every start, and never of a password', async () => {
    expect(news).toMatchObject([{ vehicleId: 'A-1', modelId: 'agv', registeredAtMs: clock.nowMs(), removedAtMs: null }]);
    expect(Object.keys(news[0]!).sort()).toEqual(['modelId', 'registeredAtMs', 'removedAtMs', 'vehicleId']);
    await stage.close();
    stage = await open();
    expect(news.map(({ vehicleId, removedAtMs }) => [vehicleId, removedAtMs])).toEqual([['A-1', null], ['A-1', null]]);
    await remove('A-1', randomUUID());
    expect(news.at(-1)).toMatchObject({ vehicleId: 'A-1', removedAtMs: clock.nowMs() });
  });

  it('say nothing again of a vehicle that only got another password', async () => {
    await stage.post('/v1/vehicles/A-1/secret', {});
    expect(news).toHaveLength(1);
  });
});
