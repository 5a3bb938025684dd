import { readOpenDrive } from '@quaymaster/opendrive';
import { generateTerminal, terminalDefaults, type TerminalOptions } from '@quaymaster/terminal';
import { compileMap, type VirtualMap } from '@quaymaster/virtual-map';

/** The map of a generated terminal. */
export function terminalMap(options: Partial<TerminalOptions> = {}): VirtualMap {
  const read = readOpenDrive(generateTerminal({ ...terminalDefaults, ...options }).xodr);
  if (read.kind === 'refused') throw new Error(read.faults.map((fault) => fault.message).join('; '));
  const compiled = compileMap(read.network);
  if (compiled.kind === 'refused') throw new Error(compiled.faults.map((fault) => fault.message).join('; '));
  return compiled.map;
}
