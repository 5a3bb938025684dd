// The in-process ClickHouse engine behind an HTTP port, for tests on a machine without a ClickHouse server. Not a part of the product.
// Usage: node clickhouse-front.mjs <folder>; the folder holds front.json with port, user name, password and database, and the engine's data.
import { createServer } from 'node:http';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { authenticate, credentialsOf, RefusedError, statementsOf, statusOf } from './clickhouse-request.mjs';

const MAX_BODY_BYTES = 256 * 1024 * 1024;
/** A server's own limit: it closes a connection that has been idle for this long. */
const KEEP_ALIVE_MS = 10_000;

const { Session, version } = createRequire(import.meta.url)('chdb');
const folder = process.argv[2];
const { port, username, password, database } = JSON.parse(readFileSync(join(folder, 'front.json'), 'utf8'));
const dataDir = join(folder, 'data');
mkdirSync(dataDir, { recursive: true });

// One session stays open, so that the engine does: those of the requests come and go.
const engine = new Session(dataDir);
await engine.queryAsync(`CREATE DATABASE IF NOT EXISTS \`${database}\``);
const displayName = version().libchdb.replace(/"/g, '');

async function bodyOf(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new RefusedError(413, 307, 'TOO_MANY_BYTES', 'the body is too large for a front for tests');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'gzip') return gunzipSync(body, { maxOutputLength: MAX_BODY_BYTES }).toString('utf8');
  if (encoding === 'identity') return body.toString('utf8');
  throw new RefusedError(400, 48, 'NOT_IMPLEMENTED', `content encoding ${encoding} needs a ClickHouse server`);
}

/** Every request has a session of its own, as it has on a server: neither settings nor parameters nor the database reach the next one. */
async function runAlone({ setup, statement, format }) {
  if (statement === null) return Buffer.alloc(0);
  const session = new Session(dataDir);
  try {
    for (const before of setup) await session.queryAsync(before);
    const result = await session.queryAsync(statement, { format });
    return Buffer.from(result.bytes());
  } finally {
    session.close();
  }
}

async function answer(request, response) {
  const url = new URL(request.url, 'http://127.0.0.1');
  if (url.pathname === '/ping' || url.pathname === '/replicas_status') return void response.end('Ok.\n');
  if (url.pathname !== '/') return void response.writeHead(404).end(`There is no handle ${url.pathname}\n`);
  const body = await bodyOf(request);
  authenticate(credentialsOf(request.headers, url.searchParams), { username, password });
  if (request.method === 'GET' && !url.searchParams.has('query')) return void response.end('Ok.\n');
  const rows = await runAlone(statementsOf(url.searchParams, body));
  response.setHeader('content-type', 'text/plain; charset=UTF-8');
  response.end(rows);
}

const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  const queryId = new URL(request.url, 'http://127.0.0.1').searchParams.get('query_id');
  response.setHeader('x-clickhouse-server-display-name', `chdb ${displayName}`);
  if (queryId !== null) response.setHeader('x-clickhouse-query-id', queryId);
  answer(request, response).catch((error) => {
    const code = error instanceof RefusedError ? error.code : Number(/Code: (\d+)/.exec(error.message)?.[1] ?? 1002);
    if (response.headersSent) return void response.destroy();
    const status = error instanceof RefusedError ? error.status : statusOf(code);
    const text = /^Code: \d+/.test(error.message) ? error.message : `Code: ${code}. DB::Exception: ${error.message}. (UNKNOWN_EXCEPTION)`;
    response.writeHead(status, { 'x-clickhouse-exception-code': String(code), 'content-type': 'text/plain; charset=UTF-8' });
    response.end(`${text} (version ${displayName})\n`);
  });
});
server.listen(port, '127.0.0.1');

process.once('SIGTERM', () => {
  server.close(() => {
    engine.close();
    process.exit(0);
  });
  server.closeIdleConnections();
  // A statement that still runs is given a moment; the data go with the folder anyway.
  setTimeout(() => { process.exit(0); }, 3000).unref();
});
