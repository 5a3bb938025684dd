import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lookUp, MissingToolError } from './find-tool.mjs';
import { startServer } from './run-process.mjs';
import { secret } from './secret.mjs';

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const USERNAME = 'quaymaster';
const DATABASE = 'quaymaster';

/** Deduplication of plain MergeTree tables and typed parameters in settings are older than this; what Debian packs (18.16) is older still. */
const OLDEST_MAJOR = 23;

/** Loopback, one port, one user. */
export const serverConfig = ({ port, dir }) => `<clickhouse>
  <logger><level>warning</level><console>1</console></logger>
  <listen_host>127.0.0.1</listen_host>
  <http_port>${port}</http_port>
  <path>${dir}/data/</path>
  <tmp_path>${dir}/data/tmp/</tmp_path>
  <user_files_path>${dir}/data/user_files/</user_files_path>
  <format_schema_path>${dir}/data/format_schemas/</format_schema_path>
  <users_config>${dir}/users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <max_server_memory_usage>2000000000</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
</clickhouse>
`;

export const serverUsers = (password) => `<clickhouse>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <users>
    <${USERNAME}>
      <password_sha256_hex>${createHash('sha256').update(password).digest('hex')}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <access_management>1</access_management>
    </${USERNAME}>
  </users>
</clickhouse>
`;

/** A server that is installed and new enough: `{ program, leading, version }`; or null and why. */
function findServer() {
  for (const [tool, leading] of [['clickhouse-server', []], ['clickhouse', ['server']]]) {
    const program = lookUp(tool);
    if (program === null) continue;
    const version = /(\d+)(\.\d+)+/.exec(execFileSync(program, [...leading, '--version'], { encoding: 'utf8' }))?.[0] ?? '0';
    if (Number.parseInt(version, 10) >= OLDEST_MAJOR) return { server: { program, leading }, version };
    return { server: null, because: `${program} is ${version}, older than ${OLDEST_MAJOR}` };
  }
  return { server: null, because: 'no clickhouse-server on PATH' };
}

export const clickhouse = {
  name: 'clickhouse',
  ports: ['port'],
  startLimitMs: 30_000,

  find() {
    const { server, version, because } = findServer();
    if (server !== null) return { server, version, note: 'clickhouse is a ClickHouse server' };
    let file;
    try {
      file = require.resolve('chdb/package.json');
    } catch {
      throw new MissingToolError('a ClickHouse server (or the in-process engine)', 'npm install --no-save chdb@3.4.0');
    }
    const note = `clickhouse is the in-process engine (chdb) behind an HTTP front for tests: ${because}`;
    return { server: null, version: `chdb-${JSON.parse(readFileSync(file, 'utf8')).version}`, note };
  },

  async prepare({ tools, dir, ports }) {
    const password = secret();
    mkdirSync(join(dir, 'data'), { recursive: true });
    if (tools.server !== null) {
      writeFileSync(join(dir, 'config.xml'), serverConfig({ port: ports.port, dir }));
      writeFileSync(join(dir, 'users.xml'), serverUsers(password), { mode: 0o600 });
    } else {
      writeFileSync(join(dir, 'front.json'), JSON.stringify({ port: ports.port, username: USERNAME, password, database: DATABASE }), { mode: 0o600 });
    }
    return { password, isServer: tools.server !== null };
  },

  start({ tools, dir, made, logFile }) {
    if (made.isServer) return startServer(tools.server.program, [...tools.server.leading, `--config-file=${join(dir, 'config.xml')}`], { cwd: dir, logFile });
    // Statements run on libuv's threads: with the usual four, a few slow ones would hold up reading and writing files.
    return startServer(process.execPath, [join(here, 'clickhouse-front.mjs'), dir], { cwd: dir, logFile, env: { UV_THREADPOOL_SIZE: '16' } });
  },

  async answers({ ports, made, tools }) {
    const ask = async (query) => {
      const response = await fetch(`http://127.0.0.1:${ports.port}/`, {
        method: 'POST', body: query, signal: AbortSignal.timeout(5000),
        headers: { 'x-clickhouse-user': USERNAME, 'x-clickhouse-key': made.password, connection: 'close' },
      });
      const text = (await response.text()).trim();
      if (!response.ok) throw new Error(text);
      return text;
    };
    if (made.isServer) await ask(`CREATE DATABASE IF NOT EXISTS ${DATABASE}`);
    const version = await ask('SELECT version()');
    return made.isServer ? version : `${version}/${tools?.version ?? 'chdb'}`;
  },

  env: ({ ports, made }) => ({
    QM_CLICKHOUSE_URL: `http://127.0.0.1:${ports.port}/${DATABASE}`, QM_CLICKHOUSE_USERNAME: USERNAME, QM_CLICKHOUSE_PASSWORD: made.password,
  }),
};
