import { readOpenDrive } from '@quaymaster/opendrive';
import { generateTerminal, terminalDefaults } from '@quaymaster/terminal';
import { compileMap, type VirtualMap } from '@quaymaster/virtual-map';

/** The map of the smallest terminal: one crane, one yard block, eight slots at least. */
export function smallTerminal(): VirtualMap {
  const read = readOpenDrive(generateTerminal({ ...terminalDefaults, cranes: 1, yardBlocks: 1, slots: 8 }).xodr);
  if (read.kind === 'refused') throw new RangeError(read.faults.map((fault) => fault.message).join('; '));
  const compiled = compileMap(read.network);
  if (compiled.kind === 'refused') throw new RangeError(compiled.faults.map((fault) => fault.message).join('; '));
  return compiled.map;
}
