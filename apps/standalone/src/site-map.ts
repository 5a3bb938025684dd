import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readOpenDrive } from '@quaymaster/opendrive';
import { generateTerminal, terminalDefaults, type TerminalOptions } from '@quaymaster/terminal';
import { compileMap, type MapFault, type VirtualMap } from '@quaymaster/virtual-map';

/** A map file that cannot be driven on. */
export class MapRefusedError extends Error {
  readonly code = 'QM_MAP_REFUSED';

  constructor(file: string, faults: readonly MapFault[]) {
    const [first] = faults;
    super(`${file}: ${first === undefined ? 'nothing to drive on' : `${first.code} at ${first.where}: ${first.message}`}${faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''}`);
    this.name = 'MapRefusedError';
  }
}

/** @throws MapRefusedError when the document is no map or nothing of it can be driven on */
export function compileOpenDrive(file: string, text: string | Uint8Array): VirtualMap {
  const read = readOpenDrive(text);
  if (read.kind === 'refused') throw new MapRefusedError(file, read.faults);
  const compiled = compileMap(read.network);
  if (compiled.kind === 'refused') throw new MapRefusedError(file, [...read.warnings, ...compiled.faults]);
  return compiled.map;
}

/**
 * The site's map: a given file, or the terminal of this store, generated on its first start.
 *
 * @throws MapRefusedError when the file cannot be read, is no map or nothing of it can be driven on
 */
export function openSiteMap(storeDir: string, mapFile: string | undefined, terminal: TerminalOptions = terminalDefaults): VirtualMap {
  const file = mapFile ?? join(storeDir, 'terminal.xodr');
  if (mapFile === undefined && !existsSync(file)) {
    mkdirSync(storeDir, { recursive: true });
    // Written beside and renamed: a start that is cut off leaves no half map behind.
    writeFileSync(`${file}.part`, generateTerminal(terminal).xodr);
    renameSync(`${file}.part`, file);
  }
  return compileOpenDrive(basename(file), readBytes(file));
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new MapRefusedError(basename(file), [{ code: 'QM_MAP_UNREADABLE', where: file, message: error instanceof Error ? error.message : String(error) }]);
  }
}
