import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../index';
import { type Role, roles } from './roles';
import { readServiceSettings, serviceConfigSchema } from './service.config';

const SECRET = 'correct-horse-battery-staple';

let dir: string;

beforeAll(() => { dir = mkdtempSync(join(tmpdir(), 'quaymaster-config-')); });

afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

/** Every address and account that a role can need. */
const whole: Readonly<Record<string, string>> = {
  QM_KAFKA_BROKERS: 'kafka-1:9092,kafka-2:9092', QM_POSTGRES_URL: 'postgres://quaymaster@postgres:5432/quaymaster', QM_CLICKHOUSE_URL: 'http://clickhouse:8123/quaymaster',
  QM_REDIS_URL: 'redis://redis:6379/0', QM_MQTT_URL: 'mqtt://mosquitto:1883', QM_MQTT_USERNAME: 'service', QM_MQTT_PASSWORD: SECRET, QM_GATEWAY_URL: 'http://gateway:8080',
  QM_FIRST_START_TOKEN: SECRET,
};

const without = (...keys: readonly string[]): Record<string, string> => Object.fromEntries(Object.entries(whole).filter(([key]) => !keys.includes(key)));

function file(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

/** What the command line makes of it: status 2 and one line, without the secret. */
async function refusal(role: string, env: Readonly<Record<string, string>>): Promise<string> {
  let out = '';
  const notes: string[] = [];
  const status = await main(['run', role], env, { out: (text) => { out += text; }, note: (text) => { notes.push(text); }, onEnd: () => () => undefined });
  expect([status, out, notes.length]).toEqual([2, '', 1]);
  expect(notes[0]).toMatch(/^quaymaster: [^\n]+\n$/);
  expect(notes[0]).not.toContain(SECRET);
  return notes[0]!.slice('quaymaster: '.length, -1);
}

describe('a half-configured set', () => {
  it.each<{ role: Role; lacks: string[]; needs: string }>([
    { role: 'gateway', lacks: ['QM_KAFKA_BROKERS', 'QM_POSTGRES_URL'], needs: 'QM_KAFKA_BROKERS' },
    { role: 'gateway', lacks: ['QM_POSTGRES_URL'], needs: 'QM_POSTGRES_URL' },
    { role: 'gateway', lacks: ['QM_CLICKHOUSE_URL'], needs: 'QM_CLICKHOUSE_URL' },
    { role: 'gateway', lacks: ['QM_MQTT_URL'], needs: 'QM_MQTT_URL' },
    { role: 'telemetry-ingest', lacks: ['QM_REDIS_URL', 'QM_MQTT_URL'], needs: 'QM_REDIS_URL' },
    { role: 'telemetry-ingest', lacks: ['QM_CLICKHOUSE_URL'], needs: 'QM_CLICKHOUSE_URL' },
    { role: 'telemetry-ingest', lacks: ['QM_MQTT_USERNAME', 'QM_MQTT_PASSWORD'], needs: 'QM_MQTT_USERNAME' },
    { role: 'collision', lacks: ['QM_KAFKA_BROKERS'], needs: 'QM_KAFKA_BROKERS' },
    { role: 'scheduler', lacks: ['QM_POSTGRES_URL'], needs: 'QM_POSTGRES_URL' },
    { role: 'dispatch', lacks: ['QM_POSTGRES_URL'], needs: 'QM_POSTGRES_URL' },
    { role: 'dispatch', lacks: ['QM_MQTT_URL'], needs: 'QM_MQTT_URL' },
    { role: 'simulator', lacks: ['QM_GATEWAY_URL'], needs: 'QM_GATEWAY_URL' },
    { role: 'simulator', lacks: ['QM_FIRST_START_TOKEN'], needs: 'QM_GATEWAY_TOKEN or QM_FIRST_START_TOKEN' },
    { role: 'migrate', lacks: ['QM_CLICKHOUSE_URL'], needs: 'QM_CLICKHOUSE_URL' },
  ])('for $role without $lacks is refused: it needs $needs', async ({ role, lacks, needs }) => {
    expect(await refusal(role, without(...lacks))).toBe(`run ${role} needs ${needs}`);
  });

  it.each([
    ['QM_KAFKA_USERNAME', 'QM_KAFKA_PASSWORD', { ...whole, QM_KAFKA_USERNAME: 'q' }],
    ['QM_KAFKA_PASSWORD', 'QM_KAFKA_USERNAME', { ...whole, QM_KAFKA_PASSWORD: SECRET }],
    ['QM_MQTT_PASSWORD', 'QM_MQTT_USERNAME', without('QM_MQTT_USERNAME')],
    ['QM_MQTT_USERNAME', 'QM_MQTT_PASSWORD', without('QM_MQTT_PASSWORD')],
  ])('with %s and no %s is refused', async (has, lacks, env) => {
    expect(await refusal('dispatch', env)).toBe(`${has} needs ${lacks}`);
  });

  it.each(roles)('is none for %s when everything is there, nor when what it does not need is missing too', (role) => {
    expect(readServiceSettings(role, whole).config.QM_KAFKA_BROKERS).toBe('kafka-1:9092,kafka-2:9092');
    const minimal: Readonly<Record<Role, readonly string[]>> = {
      gateway: ['QM_REDIS_URL', 'QM_GATEWAY_URL', 'QM_FIRST_START_TOKEN'], 'telemetry-ingest': ['QM_POSTGRES_URL', 'QM_GATEWAY_URL', 'QM_FIRST_START_TOKEN'],
      collision: Object.keys(whole).filter((key) => key !== 'QM_KAFKA_BROKERS'), scheduler: Object.keys(whole).filter((key) => !/KAFKA|POSTGRES/.test(key)),
      dispatch: ['QM_REDIS_URL', 'QM_CLICKHOUSE_URL', 'QM_GATEWAY_URL', 'QM_FIRST_START_TOKEN'],
      simulator: ['QM_KAFKA_BROKERS', 'QM_POSTGRES_URL', 'QM_CLICKHOUSE_URL', 'QM_REDIS_URL', 'QM_MQTT_USERNAME', 'QM_MQTT_PASSWORD'],
      migrate: Object.keys(whole).filter((key) => !/KAFKA|POSTGRES|CLICKHOUSE/.test(key)),
    };
    expect(() => readServiceSettings(role, without(...minimal[role]))).not.toThrow();
  });
});

describe('a secret in a file', () => {
  const secretKeys = Object.keys(serviceConfigSchema.shape).filter((key) => /_(PASSWORD|TOKEN)$/.test(key));

  it('may stand for each key that is one', () => {
    expect(secretKeys.sort()).toEqual([
      'QM_CLICKHOUSE_PASSWORD', 'QM_FIRST_START_TOKEN', 'QM_GATEWAY_TOKEN', 'QM_KAFKA_PASSWORD', 'QM_MQTT_PASSWORD', 'QM_POSTGRES_PASSWORD', 'QM_REDIS_PASSWORD',
    ]);
    for (const key of secretKeys) {
      const env = { ...without(key), QM_KAFKA_USERNAME: 'q', ...(key === 'QM_KAFKA_PASSWORD' ? {} : { QM_KAFKA_PASSWORD: SECRET }), [`${key}_FILE`]: file(key, `${SECRET}\n`) };
      expect(readServiceSettings('gateway', env).config).toMatchObject({ [key]: SECRET });
    }
  });

  it('ends where its last line break begins, and not before', () => {
    const of = (text: string) => readServiceSettings('collision', { ...whole, QM_POSTGRES_PASSWORD_FILE: file('password', text) }).config.QM_POSTGRES_PASSWORD;
    expect([of('a b '), of('a b \n'), of('a b \r\n'), of('a\nb\n\n')]).toEqual(['a b ', 'a b ', 'a b ', 'a\nb\n']);
  });

  it('is refused beside the key itself, when it cannot be read, and when it is empty', async () => {
    expect(await refusal('gateway', { ...whole, QM_MQTT_PASSWORD_FILE: file('two', SECRET) })).toBe('QM_MQTT_PASSWORD and QM_MQTT_PASSWORD_FILE are both given: one of them must go');
    expect(await refusal('gateway', { ...without('QM_MQTT_PASSWORD'), QM_MQTT_PASSWORD_FILE: join(dir, 'nowhere') })).toBe('QM_MQTT_PASSWORD_FILE: the file cannot be read (ENOENT)');
    expect(await refusal('gateway', { ...without('QM_MQTT_PASSWORD'), QM_MQTT_PASSWORD_FILE: dir })).toBe('QM_MQTT_PASSWORD_FILE: the file cannot be read (EISDIR)');
    expect(await refusal('gateway', { ...without('QM_MQTT_PASSWORD'), QM_MQTT_PASSWORD_FILE: file('empty', '\n') })).toBe('QM_MQTT_PASSWORD_FILE: the file is empty');
  });

  it('is refused for a key that is no secret', async () => {
    expect(await refusal('gateway', { ...whole, QM_LOG_LEVEL_FILE: file('level', 'debug') })).toContain('QM_LOG_LEVEL_FILE is not a setting');
  });
});

describe('a setting', () => {
  it.each([
    ['QM_FOO', 'x'], ['QM_MQTT_HOST', '127.0.0.1'], ['QM_KAFKA_TLS', 'yes'], ['QM_KAFKA_BROKERS', 'kafka'], ['QM_KAFKA_BROKERS', `q:${SECRET}@kafka:9092`], ['QM_HTTP_PORT', '65536'],
    ['QM_POSTGRES_URL', `mysql://q:${SECRET}@host/db`], ['QM_POSTGRES_URL', SECRET], ['QM_REDIS_URL', `http://:${SECRET}@host`], ['QM_MQTT_URL', `ws://q:${SECRET}@host`],
    ['QM_CLICKHOUSE_URL', `q:${SECRET}@host`], ['QM_INSTANCE_ID', 'a/b'], ['QM_KAFKA_PREFIX', 'a b'], ['QM_INGEST_RATE_HZ', '0'], ['QM_SIMULATOR_VEHICLES', '1001'],
    ['QM_KAFKA_REPLICATION', '0'], ['QM_FIRST_START_TOKEN', 'short'], ['QM_MQTT_USERNAME', ''],
  ])('%s that is unknown or out of range is refused by name', async (key, value) => {
    expect(await refusal('gateway', { ...whole, [key]: value })).toMatch(new RegExp(`^${key}`));
  });

  it('of the tests and of the tool that starts servers is passed over', () => {
    const { env } = readServiceSettings('collision', { ...whole, QM_NGINX_URL: 'http://127.0.0.1:1', QM_GATEWAY_PORTS: '1,2', QM_REQUIRE_SERVICES: '1', HOME: dir });
    expect(env['HOME']).toBe(dir);
  });

  it('names each process by host and process where no name is given', () => {
    expect(readServiceSettings('collision', whole).config.QM_INSTANCE_ID).toMatch(new RegExp(`^[a-zA-Z0-9.-]+-${process.pid}$`));
    expect(readServiceSettings('collision', { ...whole, QM_INSTANCE_ID: 'gateway-0' }).config.QM_INSTANCE_ID).toBe('gateway-0');
  });
});

it('a role that is none is named, with those that there are', async () => {
  expect(await refusal('pilot', whole)).toMatch(/^pilot is not a role: one of gateway, telemetry-ingest, /);
});
