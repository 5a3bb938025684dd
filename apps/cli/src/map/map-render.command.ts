import { writeFileSync } from 'node:fs';
import { readOpenDrive } from '@quaymaster/opendrive';
import { compileMap } from '@quaymaster/virtual-map';
import type { Command } from '../command';
import { UsageError } from '../usage-error';
import { mapPicture } from './map-picture';
import { MapUnreadableError } from './map-unreadable-error';
import { readMapFile } from './read-map-file';

export const mapRender: Command = {
  words: 'map render',
  about: 'draws a map as SVG: surface, blocks with their direction, slots, transfer points, zones',
  operands: ['FILE'],
  flags: {
    out: { kind: 'text', about: 'file to write; standard output without it' },
    mesh: { kind: 'switch', about: 'draw the edges of the triangles too' },
  },
  async run(flags, io) {
    const file = flags.operands[0]!;
    const out = flags.text('out');
    const read = readOpenDrive(readMapFile(file));
    if (read.kind === 'refused') throw new MapUnreadableError(file, read.faults);
    const compiled = compileMap(read.network, { partial: true });
    if (compiled.kind === 'refused') throw new MapUnreadableError(file, compiled.faults);
    const svg = mapPicture(compiled.map, flags.isSet('mesh'));
    if (out === undefined) {
      io.out(svg);
      return 0;
    }
    try {
      writeFileSync(out, svg);
    } catch (error) {
      throw new UsageError(`--out: ${out} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
    io.out(`${out}: ${compiled.map.blocks.count} blocks\n`);
    return 0;
  },
};
