import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.json': 'application/json',
  '.png': 'image/png', '.ico': 'image/x-icon', '.woff2': 'font/woff2', '.txt': 'text/plain; charset=utf-8', '.webmanifest': 'application/manifest+json',
};
const COMPRESSED = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.txt']);
const TOTAL_BYTES_MAX = 64 * 1024 * 1024;

export interface ConsoleFile {
  /** Address, beginning with `/`. */
  readonly path: string;
  readonly type: string;
  readonly etag: string;
  readonly body: Buffer;
  readonly gzipped: Buffer | null;
}

/**
 * Reads the built console once. Only what was found then is served, each under an address of its own, so no address can lead anywhere else. Files of unknown
 * kind (source maps among them) are left out.
 *
 * @throws RangeError when the folder has no `index.html` or is too large to be a console
 */
export function readConsoleFiles(folder: string): readonly ConsoleFile[] {
  const files: ConsoleFile[] = [];
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const extension = extname(name);
    const type = TYPES[extension];
    const file = join(folder, name);
    if (type === undefined || !statSync(file).isFile()) continue;
    const body = readFileSync(file);
    bytes += body.length;
    if (bytes > TOTAL_BYTES_MAX) throw new RangeError(`${folder} holds more than ${TOTAL_BYTES_MAX} bytes: it is no console`);
    const path = `/${name.split(/[\\/]/).map(encodeURIComponent).join('/')}`;
    files.push({ path, type, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`, body, gzipped: COMPRESSED.has(extension) ? gzipSync(body) : null });
  }
  const index = files.find((file) => file.path === '/index.html');
  if (index === undefined) throw new RangeError(`${folder} has no index.html: it is no console`);
  return [...files, { ...index, path: '/' }];
}
