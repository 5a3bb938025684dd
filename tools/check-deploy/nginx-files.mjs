import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const NGINX = { tool: 'nginx', install: 'apt-get install -y --no-install-recommends nginx-light' };
const OPENSSL = { tool: 'openssl', install: 'apt-get install -y --no-install-recommends openssl' };
export const NGINX_TOOLS = [NGINX, OPENSSL];
const DIR = 'deploy/nginx';

/** The files that compose and swarm mount, as texts. */
export const sets = {
  compose: { main: 'nginx.conf', listen: 'listen-plain.conf', upstream: 'upstream-compose.conf' },
  swarm: { main: 'nginx.conf', listen: 'listen-tls.conf', upstream: 'upstream-swarm.conf' },
};

export function readSet(root, name) {
  return Object.fromEntries(Object.entries(sets[name]).map(([part, file]) => [part, readFileSync(join(root, DIR, file), 'utf8')]));
}

/**
 * Lays a set out in a folder of its own, so that nginx of this machine can read it: paths that are mounted lie there, names of gateways are loopback addresses,
 * and it listens at `port`. Everything else is as it will be. Returns the path of the main file.
 */
export async function layOut(dir, { main, listen, upstream }, { port = 8080, gatewayPorts = [8081, 8082], certificate = true } = {}) {
  mkdirSync(join(dir, 'quaymaster'), { recursive: true });
  mkdirSync(join(dir, 'tmp'), { recursive: true });
  if (certificate && listen.includes('ssl_certificate')) {
    await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost', '-keyout', join(dir, 'key.pem'), '-out', join(dir, 'certificate.pem')]);
  }
  const places = { '/etc/nginx/quaymaster/': `${dir}/quaymaster/`, '/tmp/': `${dir}/tmp/`, '/run/secrets/https_certificate': `${dir}/certificate.pem`, '/run/secrets/https_key': `${dir}/key.pem` };
  // In one pass: the folder itself may lie below one of these.
  const local = (text) => text.replace(new RegExp(Object.keys(places).join('|'), 'g'), (place) => places[place]);
  let next = 0;
  writeFileSync(join(dir, 'quaymaster/listen.conf'), local(listen).replace(/listen \d+/, `listen 127.0.0.1:${port}`));
  writeFileSync(join(dir, 'quaymaster/upstream.conf'), upstream.replace(/server gateway(-[ab])?:8080/g, () => `server 127.0.0.1:${gatewayPorts[next++ % gatewayPorts.length]}`));
  const file = join(dir, 'nginx.conf');
  writeFileSync(file, local(main).replace(/^worker_processes auto;$/m, 'worker_processes 1;'));
  return file;
}

/** Calls `work` with a folder that is gone afterwards. */
export async function inFolder(work) {
  const dir = mkdtempSync(join(tmpdir(), 'check-nginx-'));
  try {
    return await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
