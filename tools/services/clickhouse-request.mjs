// The part of ClickHouse's HTTP interface that its own client uses, as plain functions: what a request asks for, and which statements do it.
import { timingSafeEqual } from 'node:crypto';

/** Query keys that are not settings of the engine: about the connection, or about how a server answers. */
const NOT_SETTINGS = new Set([
  'query', 'database', 'default_format', 'query_id', 'user', 'password', 'session_id', 'session_timeout', 'session_check', 'role', 'wait_end_of_query',
  'buffer_size', 'compress', 'decompress', 'quota_key', 'enable_http_compression', 'http_zlib_compression_level', 'send_progress_in_http_headers', 'http_headers_progress_interval_ms',
  'http_response_buffer_size',
]);

/** Bodies of these are not text: the engine is given statements as text. */
const BINARY_FORMAT = /\bFORMAT\s+(Native|RowBinary\w*|Parquet|Arrow\w*|ORC|Avro\w*|Npy|BSONEachRow|MsgPack|Protobuf\w*|CapnProto)\s*$/i;

/** A string literal of the dialect. */
export const literal = (text) => `'${text.replace(/[\\']/g, '\\$&')}'`;
const name = (text) => `\`${text.replace(/[\\`]/g, '\\$&')}\``;

/** An answer that is an error of ClickHouse: its code, its type, and the status under which a server sends it. */
export class RefusedError extends Error {
  constructor(status, code, type, message) {
    super(`Code: ${code}. DB::Exception: ${message}. (${type})`);
    this.status = status;
    this.code = code;
  }
}

/** User name and password of a request, in the three places in which ClickHouse takes them. */
export function credentialsOf(headers, search) {
  const basic = /^Basic (.+)$/i.exec(headers.authorization ?? '')?.[1];
  if (basic !== undefined) {
    const [, username = '', password = ''] = /^([^:]*):?(.*)$/s.exec(Buffer.from(basic, 'base64').toString('utf8')) ?? [];
    return { username, password };
  }
  if (headers['x-clickhouse-user'] !== undefined) return { username: headers['x-clickhouse-user'], password: headers['x-clickhouse-key'] ?? '' };
  return { username: search.get('user') ?? 'default', password: search.get('password') ?? '' };
}

/** @throws RefusedError for anybody but the one user */
export function authenticate(given, wanted) {
  const same = (a, b) => Buffer.byteLength(a) === Buffer.byteLength(b) && timingSafeEqual(Buffer.from(a), Buffer.from(b));
  if (same(given.username, wanted.username) && same(given.password, wanted.password)) return;
  throw new RefusedError(403, 516, 'AUTHENTICATION_FAILED', `${given.username}: Authentication failed: password is incorrect, or there is no user with such name`);
}

/**
 * What a request asks for: statements that set its session up, and its one statement with the rows that follow it.
 * @param search query keys of the address
 * @param body text of the body
 * @returns `{ setup, statement, format }`; `statement` is null for rows that are none
 * @throws RefusedError
 */
export function statementsOf(search, body) {
  const setup = [];
  const database = search.get('database');
  if (database !== null && database !== '') setup.push(`USE ${name(database)}`);
  const assignments = [];
  for (const [key, value] of search) {
    if (NOT_SETTINGS.has(key)) continue;
    if (!/^[A-Za-z_]\w*$/.test(key)) throw new RefusedError(400, 115, 'UNKNOWN_SETTING', `Setting ${key} is neither a builtin setting nor started with the prefix`);
    assignments.push(`${key} = ${literal(value)}`);
  }
  if (assignments.length > 0) setup.push(`SET ${assignments.join(', ')}`);

  const inAddress = search.get('query') ?? '';
  const query = inAddress === '' ? body : inAddress;
  if (query.trim() === '') throw new RefusedError(400, 62, 'SYNTAX_ERROR', 'Empty query');
  if (BINARY_FORMAT.test(query.trim()) && /^\s*INSERT\b/i.test(query)) {
    throw new RefusedError(501, 48, 'NOT_IMPLEMENTED', 'rows in a binary format need a ClickHouse server; this is the in-process engine behind a front for tests');
  }
  const isInsert = inAddress !== '' && /^\s*INSERT\b/i.test(inAddress);
  const hasNoRows = isInsert && body.trim() === '' && /\bFORMAT\s+\w+\s*$/i.test(inAddress.trim());
  const statement = inAddress === '' ? body : body === '' ? inAddress : `${inAddress}\n${body}`;
  return { setup, statement: hasNoRows ? null : statement, format: search.get('default_format') ?? 'TabSeparated' };
}

/** Status under which a server sends an error of the engine, by its code. */
export function statusOf(code) {
  if ([516, 192, 193, 194, 497].includes(code)) return 403;
  if ([60, 81, 47, 46, 36].includes(code)) return 404;
  if ([62, 26, 27, 38, 41, 43, 44, 53, 72, 115, 117, 456, 457].includes(code)) return 400;
  if (code === 48) return 501;
  return 500;
}
