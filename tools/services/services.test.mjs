// Run with `node --test tools/services/`: Node's own runner, because the tools are modules that no compiler touches.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { pbkdf2Sync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { authenticate, credentialsOf, literal, statementsOf } from './clickhouse-request.mjs';
import { serverConfig, serverUsers } from './clickhouse.mjs';
import { findTool, MissingToolError } from './find-tool.mjs';
import { root } from './folders.mjs';
import { freePorts, isFree } from './free-ports.mjs';
import { kafkaConfig, kafkaPom } from './kafka.mjs';
import { mosquittoConfig, securityState } from './mosquitto.mjs';
import { gatewayPortsOf, nginxConfig } from './nginx.mjs';
import { isRunning, orphans, parseStat, processMark, recordOf } from './pid-guard.mjs';
import { postgresAccess, postgresConfig } from './postgres.mjs';
import { redisConfig } from './redis.mjs';
import { startServer, stopServer } from './run-process.mjs';
import { servers } from './servers.mjs';
import { waitUntil } from './wait-until.mjs';

const require = createRequire(import.meta.url);

/** A test that fails must not leave its processes behind, nor wait for them. */
const children = [];
afterEach(() => { for (const child of children.splice(0)) child.kill('SIGKILL'); });

/** A process in its own group that says when it is ready; its code may say more. */
async function started(code) {
  const child = spawn(process.execPath, ['-e', `${code}; setInterval(() => undefined, 1e6); console.log('ready')`], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return { child, record: recordOf(child.pid) };
}

describe('the pid guard', () => {
  it('reads a command that holds blanks and brackets', () => {
    const fields = ['S', '1', '77', '77', ...Array.from({ length: 15 }, () => '0'), '4711', '0'];
    assert.deepEqual(parseStat(`77 (a) b (c)) ${fields.join(' ')}`), { pid: 77, command: 'a) b (c)', state: 'S', groupId: 77, startedAtTicks: '4711' });
  });

  it('leaves a process alone that has the id and began at another time', async () => {
    const { child, record } = await started('');
    const other = { ...record, mark: `${record.mark}0` };
    assert.equal(isRunning(other), false);
    await stopServer(other, { limitMs: 50 });
    assert.equal(isRunning(record), true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(isRunning(record), false);
    assert.equal(processMark(record.pid), null);
  });

  it('kills a process that does not hear', async () => {
    const { child, record } = await started(`process.on('SIGTERM', () => undefined)`);
    const exit = once(child, 'exit');
    await stopServer(record, { limitMs: 100 });
    assert.deepEqual(await exit, [null, 'SIGKILL']);
    assert.equal(isRunning(record), false);
  });

  it('ends what a killed server left behind', { skip: process.platform !== 'linux' }, async () => {
    const { child, record } = await started(`require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1e6)'], { stdio: 'ignore' })`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(orphans(record).length, 1);
    await stopServer(record);
    assert.deepEqual(orphans(record), []);
  });

  it('says nothing of a server that was never started', async () => {
    assert.equal(isRunning(undefined), false);
    assert.deepEqual(orphans(undefined), []);
  });
});

describe('ports', () => {
  it('are different from each other and from those that are spoken for', async () => {
    const first = await freePorts(20);
    const second = await freePorts(20, new Set(first));
    assert.equal(new Set([...first, ...second]).size, 40);
  });

  it('are not free while somebody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    assert.equal(await isFree(port), false);
    server.close();
    await once(server, 'close');
    assert.equal(await isFree(port), true);
  });
});

describe('waiting', () => {
  it('returns the first answer, and forgets the errors before it', async () => {
    let asked = 0;
    assert.equal(await waitUntil(async () => { asked += 1; if (asked < 3) throw new Error('not yet'); return 'here'; }, { limitMs: 5000, everyMs: 1 }), 'here');
  });

  it('ends with the last reason, and does not wait for an answer that never comes', async () => {
    await assert.rejects(waitUntil(async () => { throw new Error('refused'); }, { limitMs: 20, everyMs: 1 }), /refused/);
    await assert.rejects(waitUntil(() => new Promise(() => undefined), { limitMs: 20, everyMs: 1 }), /does not answer/);
  });

  it('gives up at once when there is nothing to wait for', async () => {
    await assert.rejects(waitUntil(async () => false, { limitMs: 60_000, giveUp: () => 'it ended by itself' }), /it ended by itself/);
  });
});

describe('what the servers are given', () => {
  const dir = '/srv/x';
  const configs = {
    postgres: postgresConfig({ port: 21_001 }),
    redis: redisConfig({ port: 21_001, dir, password: 'secret' }),
    mosquitto: mosquittoConfig({ port: 21_001, dataDir: dir, pluginPath: '/p.so', securityFile: '/s.json' }),
    kafka: kafkaConfig({ port: 21_001, controllerPort: 21_002, dataDir: dir }),
    nginx: nginxConfig({ port: 21_001, gatewayPorts: [21_003, 21_004], dir }),
    clickhouse: serverConfig({ port: 21_001, dir }),
  };

  for (const [name, text] of Object.entries(configs)) {
    it(`${name} listens on loopback and nowhere else`, () => {
      assert.match(text, /127\.0\.0\.1/);
      assert.match(text, /21_?001/);
      assert.doesNotMatch(text, /0\.0\.0\.0|\[::\]|localhost|\*:|listeners=PLAINTEXT:\/\/:/);
    });
  }

  it('asks for a password everywhere', () => {
    assert.equal(postgresAccess.trim().split('\n').every((line) => line.endsWith('scram-sha-256')), true);
    assert.match(configs.redis, /^requirepass secret$/m);
    assert.match(configs.mosquitto, /^allow_anonymous false$/m);
    assert.doesNotMatch(serverUsers('secret'), /secret/);
  });

  it('keeps PostgreSQL durable and bounds what the broker takes', () => {
    assert.match(configs.postgres, /^fsync = on$/m);
    assert.match(configs.postgres, /^synchronous_commit = on$/m);
    assert.match(configs.mosquitto, /^max_packet_size 262144$/m);
    assert.match(configs.mosquitto, /^max_queued_messages \d+$/m);
  });

  it('makes no topic by itself', () => {
    assert.match(configs.kafka, /^auto\.create\.topics\.enable=false$/m);
    assert.match(kafkaPom, /<artifactId>kafka_2\.13<\/artifactId><version>3\.9\.1</);
  });

  it('never repeats a POST, lets go of idle gateways before they do, and writes below its folder only', () => {
    assert.doesNotMatch(configs.nginx, /non_idempotent/);
    assert.ok(Number(/upstream gateway \{[^}]*keepalive_timeout (\d+)s/.exec(configs.nginx)[1]) < 65);
    for (const [, path] of configs.nginx.matchAll(/^\s*(?:\w+_temp_path|pid) (\S+);/gm)) assert.ok(path.startsWith(`${dir}/`));
    assert.match(configs.nginx, /location = \/v1\/live \{[^}]*Upgrade \$http_upgrade/);
  });

  it('keeps the broker\'s password as a derived key', () => {
    const salt = Buffer.from('0123456789ab');
    const [client] = securityState('secret', salt).clients;
    assert.equal(client.password, pbkdf2Sync('secret', salt, client.iterations, 64, 'sha512').toString('base64'));
    assert.doesNotMatch(JSON.stringify(securityState('secret', salt)), /secret/);
  });

  it('takes two gateway ports from the caller and nothing else', () => {
    assert.equal(gatewayPortsOf({}), null);
    assert.deepEqual(gatewayPortsOf({ QM_GATEWAY_PORTS: '8081,8082' }), [8081, 8082]);
    for (const given of ['8081', 'a,b', '0,1', '1,2,3', '1,70000']) assert.throws(() => gatewayPortsOf({ QM_GATEWAY_PORTS: given }), /not two ports/);
  });
});

describe('env.json', () => {
  it('holds the keys that services and tests read, each from one server', () => {
    const ports = { port: 1, controllerPort: 2 };
    const keys = servers.flatMap((server) => Object.keys(server.env({ ports, made: { password: 'p', gatewayPorts: [3, 4] } })));
    assert.deepEqual(keys.sort(), [
      'QM_CLICKHOUSE_PASSWORD', 'QM_CLICKHOUSE_URL', 'QM_CLICKHOUSE_USERNAME', 'QM_GATEWAY_PORTS', 'QM_KAFKA_BROKERS', 'QM_MQTT_PASSWORD', 'QM_MQTT_URL', 'QM_MQTT_USERNAME',
      'QM_NGINX_URL', 'QM_POSTGRES_PASSWORD', 'QM_POSTGRES_URL', 'QM_REDIS_PASSWORD', 'QM_REDIS_URL',
    ]);
  });

  it('holds no password in an address', () => {
    for (const server of servers) {
      for (const [key, value] of Object.entries(server.env({ ports: { port: 1 }, made: { password: 'p-secret', gatewayPorts: [3, 4] } }))) {
        if (!key.endsWith('_PASSWORD')) assert.doesNotMatch(value, /p-secret/);
      }
    }
  });
});

describe('the command', () => {
  it('names the command that installs what is missing', () => {
    assert.throws(() => findTool('no-such-server', 'apt-get install -y no-such-server'), (error) => error instanceof MissingToolError && /apt-get install -y no-such-server$/.test(error.message));
  });

  it('refuses a word that it does not know', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'tools/services.mjs'), 'restart'], { encoding: 'utf8' });
    assert.equal(status, 2);
    assert.match(stderr, /up\|down\|status/);
  });
});

describe('a request to the front of the in-process engine', () => {
  const search = (entries) => new URLSearchParams(entries);

  it('sets parameters and settings as literals that nothing breaks out of', () => {
    const value = `'; DROP TABLE t; --\\`;
    const { setup, statement } = statementsOf(search({ database: 'a`b', param_v: value, max_threads: '1' }), 'SELECT 1');
    assert.deepEqual(setup, ['USE `a\\`b`', `SET param_v = ${literal(value)}, max_threads = '1'`]);
    assert.equal(literal(value), `'\\'; DROP TABLE t; --\\\\'`);
    assert.equal(statement, 'SELECT 1');
  });

  it('refuses a setting whose name is a statement', () => {
    assert.throws(() => statementsOf(search([['a = 1; DROP TABLE t; SET b', '1']]), 'SELECT 1'), /UNKNOWN_SETTING/);
  });

  it('takes rows from the body, and none for nothing', () => {
    const query = 'INSERT INTO t FORMAT JSONEachRow';
    assert.equal(statementsOf(search({ query }), '{"a":1}\n').statement, `${query}\n{"a":1}\n`);
    assert.equal(statementsOf(search({ query }), '').statement, null);
    assert.throws(() => statementsOf(search({}), ' '), /Empty query/);
    assert.throws(() => statementsOf(search({ query: 'INSERT INTO t FORMAT Native' }), 'x'), /NOT_IMPLEMENTED/);
  });

  it('is let in with the one name and password, wherever it carries them', () => {
    const wanted = { username: 'u', password: 'p:q' };
    authenticate(credentialsOf({ authorization: `Basic ${Buffer.from('u:p:q').toString('base64')}` }, search({})), wanted);
    authenticate(credentialsOf({ 'x-clickhouse-user': 'u', 'x-clickhouse-key': 'p:q' }, search({})), wanted);
    authenticate(credentialsOf({}, search({ user: 'u', password: 'p:q' })), wanted);
    for (const given of [{}, { user: 'u' }, { user: 'u', password: 'p:' }, { user: 'v', password: 'p:q' }]) assert.throws(() => authenticate(credentialsOf({}, search(given)), wanted), /516/);
  });
});

describe('the in-process engine behind its front', () => {
  const username = 'quaymaster';
  let dir, url, record;
  const open = (password = 'secret', database = 'quaymaster') => {
    const { createClient, ClickHouseLogLevel } = require('@clickhouse/client');
    return createClient({ url, username, password, database, log: { level: ClickHouseLogLevel.OFF } });
  };
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'qm-front-'));
    const [port] = await freePorts(1);
    url = `http://127.0.0.1:${port}`;
    writeFileSync(join(dir, 'front.json'), JSON.stringify({ port, username, password: 'secret', database: 'quaymaster' }));
    record = await startServer(process.execPath, [join(root, 'tools/services/clickhouse-front.mjs'), dir], { cwd: dir, logFile: join(dir, 'log') });
    await waitUntil(async () => (await fetch(`${url}/ping`)).ok, { limitMs: 20_000, everyMs: 20, giveUp: () => (isRunning(record) ? undefined : 'it ended by itself') });
  });
  after(async () => {
    await stopServer(record);
    rmSync(dir, { recursive: true, force: true });
  });

  it('stores rows and gives them back, and a batch that is sent again once', async () => {
    const client = open();
    await client.command({ query: 'CREATE TABLE t (a String, b UInt8) ENGINE = MergeTree ORDER BY b SETTINGS non_replicated_deduplication_window = 10' });
    const values = [{ a: `x';\\\n\t`, b: 1 }, { a: 'é', b: 2 }];
    const settings = { insert_deduplicate: 1, insert_deduplication_token: 'one' };
    for (let i = 0; i < 2; i += 1) await client.insert({ table: 't', values, format: 'JSONEachRow', clickhouse_settings: settings });
    const result = await client.query({ query: 'SELECT a, b FROM t WHERE b IN {bs: Array(UInt8)} ORDER BY b', query_params: { bs: [1, 2] }, format: 'JSONEachRow' });
    assert.deepEqual(await result.json(), values);
    await client.close();
  });

  it('carries neither settings nor parameters into the next request', async () => {
    const client = open();
    const one = async (options) => (await (await client.query({ format: 'JSONEachRow', ...options })).json())[0];
    assert.deepEqual(await one({ query: `SELECT {v: String} AS v, getSetting('max_threads') AS n`, query_params: { v: 'x' }, clickhouse_settings: { max_threads: 7 } }), { v: 'x', n: 7 });
    assert.notEqual((await one({ query: `SELECT getSetting('max_threads') AS n` })).n, 7);
    await assert.rejects(one({ query: 'SELECT {v: String} AS v' }), { type: 'UNKNOWN_QUERY_PARAMETER' });
    await client.close();
  });

  it('answers with the engine\'s own errors, and lets nobody in without the password', async () => {
    const [client, stranger, lost] = [open(), open('wrong'), open('secret', 'absent')];
    await assert.rejects(client.query({ query: 'SELECT * FROM absent' }), { code: '60', type: 'UNKNOWN_TABLE' });
    await assert.rejects(stranger.query({ query: 'SELECT 1' }), { code: '516', type: 'AUTHENTICATION_FAILED' });
    await assert.rejects(lost.query({ query: 'SELECT 1' }), { code: '81', type: 'UNKNOWN_DATABASE' });
    assert.equal((await stranger.ping({ select: true })).success, false);
    await Promise.all([client.close(), stranger.close(), lost.close()]);
  });
});
