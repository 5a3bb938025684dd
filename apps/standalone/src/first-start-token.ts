import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The token that the first start of a store made, readable by its owner alone. */
export function firstStartToken(storeDir: string): string {
  const file = join(storeDir, 'first-start-token');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  mkdirSync(storeDir, { recursive: true });
  const token = randomBytes(32).toString('base64url');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return token;
}
