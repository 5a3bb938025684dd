import { readFileSync } from 'node:fs';
import { UsageError } from '../usage-error';

/** @throws UsageError when there is no such file or it cannot be read */
export function readMapFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
