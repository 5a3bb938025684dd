import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apt, findTool, MissingToolError } from './find-tool.mjs';
import { run, startServer } from './run-process.mjs';
import { secret } from './secret.mjs';

const require = createRequire(import.meta.url);
const DEBIAN_FOLDER = '/usr/lib/postgresql';
const INSTALL = apt('postgresql-15');
const WANTED_MAJOR = '15';

/** Where Debian keeps the programs of each version, the wanted one first, then the newest. */
function folders() {
  try {
    const versions = readdirSync(DEBIAN_FOLDER).filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a));
    return [WANTED_MAJOR, ...versions].map((version) => join(DEBIAN_FOLDER, version, 'bin'));
  } catch {
    return [];
  }
}

/** PostgreSQL refuses to run as root: root lends it the user that its package made. Everybody else runs it himself. */
function otherUser() {
  if (process.getuid?.() !== 0) return undefined;
  const number = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: number('-u'), gid: number('-g') };
  } catch {
    throw new MissingToolError('the user postgres, as whom root starts the server,', INSTALL);
  }
}

/** A folder that the server's user can really reach: a checkout may lie below a folder that only its owner may enter. */
function makeDataFolder(dir, as) {
  const own = (folder) => { if (as !== undefined) chownSync(folder, as.uid, as.gid); chmodSync(folder, 0o700); };
  const inside = join(dir, 'data');
  mkdirSync(inside, { recursive: true });
  own(inside);
  try {
    execFileSync('/bin/sh', ['-c', 'cd "$0" && test -w .', inside], { cwd: '/', stdio: 'ignore', ...as });
    return inside;
  } catch {
    rmSync(inside, { recursive: true });
    const outside = mkdtempSync(join(tmpdir(), 'quaymaster-postgres-'));
    own(outside);
    return outside;
  }
}

/** Durable as in production; small, because it shares the machine with the rest. */
export const postgresConfig = ({ port }) => `listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = ''
max_connections = 200
shared_buffers = 64MB
max_wal_size = 256MB
fsync = on
synchronous_commit = on
full_page_writes = on
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
`;

/** No way in but loopback with a password. */
export const postgresAccess = 'host all all 127.0.0.1/32 scram-sha-256\n';

/** Fills the folder. @returns the passwords of the database's owner and of the superuser */
async function makeCluster(tools, dataDir, ports, as) {
  const [password, superuserPassword] = [secret(), secret()];
  const passwordFile = join(dataDir, '..', `.pw-${ports.port}`);
  // The password must not appear in a command line. initdb wants an empty folder, so the file lies beside it for a moment.
  writeFileSync(passwordFile, superuserPassword, { mode: 0o600 });
  if (as !== undefined) chownSync(passwordFile, as.uid, as.gid);
  const options = { cwd: '/', timeout: 60_000, ...as };
  try {
    await run(tools.initdbPath, ['-D', dataDir, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8'], options);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  appendFileSync(join(dataDir, 'postgresql.conf'), postgresConfig(ports));
  writeFileSync(join(dataDir, 'pg_hba.conf'), postgresAccess);
  await run(tools.postgresPath, ['--single', '-D', dataDir, 'postgres'],
    { ...options, input: `CREATE ROLE quaymaster LOGIN PASSWORD '${password}';\nCREATE DATABASE quaymaster OWNER quaymaster;\n` });
  return { password, superuserPassword };
}

export const postgres = {
  name: 'postgres',
  ports: ['port'],
  stopSignal: 'SIGINT',
  startLimitMs: 30_000,

  find() {
    const postgresPath = findTool('postgres', INSTALL, folders());
    const initdbPath = findTool('initdb', INSTALL, folders());
    const version = /(\d+(\.\d+)*)/.exec(execFileSync(postgresPath, ['--version'], { encoding: 'utf8' }))[1];
    otherUser();
    return { postgresPath, initdbPath, version };
  },

  /** A cluster with the database and its owner, who is no superuser: what works here works with a role as a database team hands it out. */
  async prepare({ tools, dir, ports }) {
    const as = otherUser();
    const dataDir = makeDataFolder(dir, as);
    try {
      return { dataDir, ...await makeCluster(tools, dataDir, ports, as) };
    } catch (error) {
      rmSync(dataDir, { recursive: true, force: true });
      throw error;
    }
  },

  start({ tools, made, logFile }) {
    return startServer(tools.postgresPath, ['-D', made.dataDir], { cwd: '/', logFile, as: otherUser() });
  },

  async answers({ ports, made }) {
    const { Client } = require('pg');
    const client = new Client({ host: '127.0.0.1', port: ports.port, user: 'quaymaster', password: made.password, database: 'quaymaster', connectionTimeoutMillis: 2000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query('SHOW server_version');
      return /^\S+/.exec(rows[0].server_version)[0];
    } finally {
      await client.end().catch(() => undefined);
    }
  },

  env: ({ ports, made }) => ({ QM_POSTGRES_URL: `postgres://quaymaster@127.0.0.1:${ports.port}/quaymaster`, QM_POSTGRES_PASSWORD: made.password }),
};
