import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../usage-error';
import { readKills } from './kill-plan';
import { featureKeys, serversHere } from './servers-here';
import { SERVER_KEYS } from './service-site';

describe('serversHere', () => {
  let dir: string;
  beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'quaymaster-servers-')); });
  afterEach(() => { rmSync(dir, { recursive: true, force: true }); });
  const all = Object.fromEntries(SERVER_KEYS.map((key) => [key, `${key} of the file`]));
  const write = (servers: object): void => {
    mkdirSync(join(dir, '.services'));
    writeFileSync(join(dir, '.services', 'env.json'), JSON.stringify(servers));
  };

  it('finds what was started at or above the folder; the environment comes first, unless it is empty', () => {
    write({ ...all, QM_NGINX_URL: 'http://127.0.0.1:1' });
    mkdirSync(join(dir, 'a', 'b'), { recursive: true });
    const found = serversHere({ QM_REDIS_URL: 'redis://elsewhere', QM_MQTT_URL: '' }, join(dir, 'a', 'b'));
    expect(found).toMatchObject({ ...all, QM_REDIS_URL: 'redis://elsewhere', QM_NGINX_URL: 'http://127.0.0.1:1' });
  });

  it('says which keys are nowhere, and how servers are started', () => {
    write({ ...all, QM_KAFKA_BROKERS: undefined });
    const ask = (): unknown => serversHere({ QM_POSTGRES_URL: '' }, dir);
    expect(ask).toThrow(UsageError);
    expect(ask).toThrow('--processes separate needs servers: no QM_KAFKA_BROKERS; npm run services -- up starts them on this machine');
  });

  it('hands keys of features on, and no address, port or folder', () => {
    expect(featureKeys({ QM_COLLISION_STOP: 'off', QM_LOG_LEVEL: 'debug', QM_HTTP_PORT: '1', QM_STORE_DIR: 'x', QM_KAFKA_BROKERS: 'y', PATH: '/bin' })).toEqual({ QM_COLLISION_STOP: 'off', QM_LOG_LEVEL: 'debug' });
  });
});

it('reads whom to kill, in that order', () => {
  expect(readKills('scheduler,ingest,gateway,dispatch,collision')).toEqual(['scheduler', 'telemetry-ingest', 'gateway', 'dispatch', 'collision']);
  for (const text of ['', 'ingest,', 'postgres', 'toString']) expect(() => readKills(text)).toThrow(UsageError);
});
