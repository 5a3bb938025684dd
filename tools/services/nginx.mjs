import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apt, findTool } from './find-tool.mjs';
import { run, startServer } from './run-process.mjs';

/** Answered by nginx itself, whether or not a gateway runs. */
const OWN_PATH = '/-/nginx';

/** Node keeps an idle connection for 65 s or more; nginx lets go of it first, so that it sends nothing into one that is being closed. */
const UPSTREAM_IDLE_S = 30;

/**
 * Two gateways behind one address. What a gateway may have taken is not sent to the other one: `non_idempotent` stays out, so a POST is repeated by its sender,
 * who has the idempotency key, or not at all. A gateway that is gone refuses at once and the other one is asked; none is shut out for a while (`max_fails`),
 * else two that come back after each other would leave a gap in which nobody is asked. All that nginx writes lies in `dir`.
 */
export const nginxConfig = ({ port, gatewayPorts, dir, user }) => `${user === undefined ? '' : `user ${user};\n`}daemon off;
worker_processes 1;
pid ${dir}/nginx.pid;
error_log stderr warn;
events {
  worker_connections 2048;
}
http {
  access_log off;
  server_tokens on;
  default_type application/octet-stream;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;
  client_max_body_size 1m;
  client_header_timeout 10s;
  client_body_timeout 10s;
  keepalive_timeout 65s;

  upstream gateway {
${gatewayPorts.map((gatewayPort) => `    server 127.0.0.1:${gatewayPort} max_fails=0;`).join('\n')}
    keepalive 32;
    keepalive_timeout ${UPSTREAM_IDLE_S}s;
  }

  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header Connection "";
    proxy_connect_timeout 1s;
    proxy_read_timeout 30s;
    proxy_next_upstream error timeout;
    proxy_next_upstream_tries 2;

    location = ${OWN_PATH} {
      default_type text/plain;
      return 200 "nginx/$nginx_version";
    }

    location = /v1/live {
      proxy_pass http://gateway;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_read_timeout 1h;
      proxy_send_timeout 1h;
      proxy_buffering off;
    }

    location / {
      proxy_pass http://gateway;
    }
  }
}
`;

/** Gateway ports that the caller has chosen, or null. */
export function gatewayPortsOf(env) {
  const given = env.QM_GATEWAY_PORTS;
  if (given === undefined || given === '') return null;
  const ports = given.split(',').map(Number);
  const arePorts = ports.length === 2 && ports.every((port) => Number.isInteger(port) && port >= 1 && port <= 65_535);
  if (!arePorts) throw new Error(`QM_GATEWAY_PORTS is "${given}", not two ports "8081,8082"`);
  return ports;
}

export const nginx = {
  name: 'nginx',
  ports: ['port', 'firstGateway', 'secondGateway'],
  /** Of these nginx itself listens on: the others are the gateways'. */
  listensOn: ['port'],
  startLimitMs: 10_000,

  find() {
    const serverPath = findTool('nginx', apt('nginx-light'));
    return { serverPath, version: /nginx\/(\S+)/.exec(spawnSync(serverPath, ['-v'], { encoding: 'utf8' }).stderr)?.[1] ?? 'unknown' };
  },

  async prepare({ tools, dir, ports }) {
    mkdirSync(dir, { recursive: true });
    const gatewayPorts = gatewayPortsOf(process.env) ?? [ports.firstGateway, ports.secondGateway];
    // Root's workers would step down to a user who may not enter this folder.
    const user = process.getuid?.() === 0 ? 'root' : undefined;
    writeFileSync(join(dir, 'nginx.conf'), nginxConfig({ port: ports.port, gatewayPorts, dir, user }));
    await run(tools.serverPath, ['-t', '-q', ...argumentsOf(dir)]);
    return { gatewayPorts };
  },

  start: ({ tools, dir, logFile }) => startServer(tools.serverPath, argumentsOf(dir), { cwd: dir, logFile }),

  async answers({ ports }) {
    const response = await fetch(`http://127.0.0.1:${ports.port}${OWN_PATH}`, { signal: AbortSignal.timeout(2000), headers: { connection: 'close' } });
    return /^nginx\/(\S+)$/.exec(await response.text())?.[1];
  },

  env: ({ ports, made }) => ({ QM_NGINX_URL: `http://127.0.0.1:${ports.port}`, QM_GATEWAY_PORTS: made.gatewayPorts.join(',') }),
};

/** The error log is named in the arguments too: until nginx has read its file it would write to a path of the system. */
const argumentsOf = (dir) => ['-p', dir, '-c', join(dir, 'nginx.conf'), '-e', 'stderr'];
