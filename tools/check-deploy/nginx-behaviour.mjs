import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { createServer } from 'node:net';
import { inFolder, layOut, NGINX, NGINX_TOOLS, readSet } from './nginx-files.mjs';

/** A gateway for the proxy's sake: says who it is, takes over upgrades, and hangs up in the middle of requests to `/v1/broken…`. */
async function startGateway(name, seen) {
  const server = http.createServer((request, response) => {
    seen.push({ name, method: request.method, url: request.url, headers: request.headers });
    if (request.url.startsWith('/v1/broken')) { request.socket.destroy(); return; }
    request.resume();
    request.on('end', () => { response.setHeader('x-frame-options', 'DENY').setHeader('referrer-policy', 'no-referrer').setHeader('x-content-type-options', 'nosniff').end(name); });
  });
  server.on('upgrade', (request, socket) => {
    seen.push({ name, method: 'UPGRADE', url: request.url, headers: request.headers });
    socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

/** One request, its answer whole. `rawHeaders` tells a header that comes twice. */
function ask(port, { method = 'GET', path = '/', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path, headers, agent: false, timeout: 10_000 });
    request.on('timeout', () => { request.destroy(new Error(`${method} ${path} got no answer`)); });
    request.on('upgrade', (response, socket) => { socket.destroy(); resolve({ status: response.statusCode, headers: response.headers, rawHeaders: response.rawHeaders, text: '' }); });
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => { resolve({ status: response.statusCode, headers: response.headers, rawHeaders: response.rawHeaders, text }); });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Runs nginx (its program) with a set in front of two gateways and calls `work` when it answers. */
async function withProxy(program, set, work) {
  return inFolder(async (dir) => {
    const seen = [];
    const gateways = await Promise.all(['a', 'b'].map((name) => startGateway(name, seen)));
    const port = await freePort();
    const file = await layOut(dir, set, { port, gatewayPorts: gateways.map((gateway) => gateway.address().port) });
    const proxy = spawn(program, ['-e', 'stderr', '-p', dir, '-c', file, '-g', 'daemon off;'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    proxy.stderr.setEncoding('utf8').on('data', (part) => { said += part; });
    const ended = once(proxy, 'exit');
    try {
      await answering(port, proxy, () => said);
      return await work(port, seen);
    } finally {
      proxy.kill('SIGTERM');
      await ended;
      for (const gateway of gateways) { gateway.closeAllConnections(); gateway.close(); }
    }
  });
}

async function answering(port, proxy, said) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (proxy.exitCode !== null) throw new Error(`nginx ended: ${said()}`);
    const isUp = await ask(port, { path: '/nginx-health' }).then(({ status }) => status === 200, () => false);
    if (isUp) return;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  throw new Error(`nginx does not answer: ${said()}`);
}

const HEADERS = { 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' };

async function proxyFaults(port, seen) {
  const faults = [];
  const must = (holds, text) => { if (!holds) faults.push(text); };
  const page = await ask(port, { headers: { 'x-forwarded-for': '203.0.113.9' } });
  must(page.status === 200, `a page answers ${page.status}`);
  for (const [name, value] of Object.entries(HEADERS)) must(page.headers[name] === value, `${name} is ${page.headers[name]}, not ${value}`);
  for (const name of Object.keys(HEADERS)) {
    const times = page.rawHeaders.filter((word) => word.toLowerCase() === name).length;
    must(times === 1, `${name} comes ${times} times`);
  }
  must(page.headers.server === 'nginx', `the version is told: ${page.headers.server}`);
  must(seen.at(-1).headers['x-forwarded-for'] === '127.0.0.1', `a client may say who it is: ${seen.at(-1).headers['x-forwarded-for']}`);
  must(seen.at(-1).headers['x-request-id']?.length === 32, 'a request has no id');
  must(seen.at(-1).headers.connection !== 'close', 'no connection to a gateway is kept');

  const upgraded = await ask(port, { path: '/v1/live', headers: { connection: 'Upgrade', upgrade: 'websocket' } });
  must(upgraded.status === 101 && seen.at(-1).method === 'UPGRADE', `a live connection answers ${upgraded.status}`);

  for (const path of ['/metrics', '/live', '/ready']) must((await ask(port, { path })).status === 404, `${path} can be had from outside`);
  const before = seen.length;
  const large = await ask(port, { method: 'POST', path: '/v1/missions', headers: { 'content-length': 300 * 1024 }, body: Buffer.alloc(300 * 1024) }).catch(({ code }) => ({ status: code }));
  must([413, 'EPIPE', 'ECONNRESET'].includes(large.status) && seen.length === before, `a body of 300 kB answers ${large.status}, and travels on`);

  const tries = async (method) => {
    const from = seen.length;
    await ask(port, { method, path: `/v1/broken/${method}`, ...(method === 'GET' ? {} : { body: '{}' }) });
    return seen.length - from;
  };
  must(await tries('GET') === 2, 'a GET whose gateway hung up was not asked of another one');
  must(await tries('POST') === 1, 'a POST that may have been carried out was sent again');

  // Far more than any limit lets through at once.
  const burst = async (path) => {
    const answers = await Promise.all(Array.from({ length: 300 }, () => ask(port, { method: 'POST', path, body: '{}' })));
    return answers.map(({ status }) => status);
  };
  must((await burst('/v1/missions')).includes(429), 'nobody slows down who asks for 300 changes at once');
  must((await burst('/v1/pauses')).every((status) => status === 200), 'a demand to stop was refused for its number');
  return faults;
}

const replaced = (from, to) => (set) => {
  const main = set.main.replace(from, to);
  if (main === set.main) throw new Error(`${from} is not in it`);
  return { ...set, main };
};

/** What the configuration does, shown by nginx itself between a client and two gateways on this machine. */
export const nginxBehaviour = {
  name: 'nginx-behaviour',
  tools: NGINX_TOOLS,
  artefacts: ({ root }) => [{ name: 'compose', value: readSet(root, 'compose') }, { name: 'swarm', value: { ...readSet(root, 'swarm'), listen: readSet(root, 'compose').listen } }],
  faults: (set, { findTool }) => withProxy(findTool(NGINX.tool, NGINX.install), set, proxyFaults),
  negatives: [
    ['repeats a POST', 'proxy_next_upstream error timeout;', 'proxy_next_upstream error timeout non_idempotent;', /sent again/],
    ['never asks another gateway', 'proxy_next_upstream error timeout;', 'proxy_next_upstream off;', /not asked of another/],
    ['tells its version', 'server_tokens off;', 'server_tokens on;', /version is told/],
    ['believes the client', 'X-Forwarded-For $remote_addr', 'X-Forwarded-For $proxy_add_x_forwarded_for', /may say who it is/],
    ['shows metrics', 'location = /metrics { return 404; }', '', /\/metrics can be had/],
    ['takes any body', 'client_max_body_size 256k;', 'client_max_body_size 0;', /travels on/],
    ['header lost in a location', 'location / {', 'location / {\n      add_header X-Other x;', /x-content-type-options is undefined/],
    ['no live connection', 'proxy_set_header Upgrade $http_upgrade;', '', /live connection answers/],
    ['limits who stops', 'location = /v1/pauses { proxy_pass http://gateway; }', '', /refused for its number/],
    ['no limit', /limit_conn connections 100;\s+limit_req zone=changes burst=100 nodelay;/, '', /slows down/],
    ['header twice', 'proxy_hide_header X-Frame-Options;', '', /x-frame-options comes 2 times/],
  ].map(([name, from, to, says]) => ({ name, of: 'compose', says, spoil: replaced(from, to) })),
};
