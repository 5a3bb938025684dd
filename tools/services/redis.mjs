import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { apt, findTool } from './find-tool.mjs';
import { startServer } from './run-process.mjs';
import { secret } from './secret.mjs';

const require = createRequire(import.meta.url);

/** A cache: nothing is kept, and the oldest goes when it is full. */
export const redisConfig = ({ port, dir, password }) => `bind 127.0.0.1
port ${port}
protected-mode yes
requirepass ${password}
dir "${dir}"
daemonize no
save ""
appendonly no
maxmemory 128mb
maxmemory-policy allkeys-lru
`;

export const redis = {
  name: 'redis',
  ports: ['port'],
  startLimitMs: 10_000,

  find() {
    const serverPath = findTool('redis-server', apt('redis-server'));
    return { serverPath, version: /v=(\S+)/.exec(execFileSync(serverPath, ['--version'], { encoding: 'utf8' }))[1] };
  },

  async prepare({ dir, ports }) {
    const password = secret();
    const dataDir = join(dir, 'data');
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dir, 'redis.conf'), redisConfig({ port: ports.port, dir: dataDir, password }), { mode: 0o600 });
    return { password };
  },

  start: ({ tools, dir, logFile }) => startServer(tools.serverPath, [join(dir, 'redis.conf')], { cwd: dir, logFile }),

  async answers({ ports, made }) {
    const { Redis } = require('ioredis');
    const client = new Redis({ host: '127.0.0.1', port: ports.port, password: made.password, lazyConnect: true, retryStrategy: () => null, connectTimeout: 2000, commandTimeout: 2000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return /redis_version:(\S+)/.exec(await client.info('server'))[1];
    } finally {
      client.disconnect();
    }
  },

  env: ({ ports, made }) => ({ QM_REDIS_URL: `redis://127.0.0.1:${ports.port}/0`, QM_REDIS_PASSWORD: made.password }),
};
