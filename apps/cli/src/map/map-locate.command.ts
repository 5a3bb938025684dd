import { readFileSync } from 'node:fs';
import { readOpenDrive } from '@quaymaster/opendrive';
import { compileMap, createRoadLocator } from '@quaymaster/virtual-map';
import type { Command } from '../command';
import { UsageError } from '../usage-error';
import { MapUnreadableError } from './map-unreadable-error';
import { readMapFile } from './read-map-file';

export const mapLocate: Command = {
  words: 'map locate',
  about: 'finds the block and lane under points; s along the reference line of the road, t to its left',
  operands: ['FILE'],
  flags: {
    points: { kind: 'text', about: 'file with a line `x,y` a point [m]' },
    json: { kind: 'switch', about: 'print one JSON object a line' },
  },
  async run(flags, io) {
    const file = flags.operands[0]!;
    const pointsFile = flags.text('points');
    if (pointsFile === undefined) throw new UsageError('--points is missing');
    const read = readOpenDrive(readMapFile(file));
    if (read.kind === 'refused') throw new MapUnreadableError(file, read.faults);
    const compiled = compileMap(read.network);
    if (compiled.kind === 'refused') throw new MapUnreadableError(file, compiled.faults);
    const locator = createRoadLocator(read.network, compiled);
    const lines: string[] = [];
    readPoints(pointsFile).forEach(([xM, yM]) => {
      const at = locator.locate(xM, yM);
      const found = { xM, yM, blockId: at?.block ?? null, roadId: at?.roadId ?? null, laneId: at?.laneId ?? null, sM: at?.sM ?? null, tM: at?.tM ?? null };
      const words = at === null ? 'on no lane' : `block ${at.block} road ${at.roadId} lane ${at.laneId} s ${at.sM.toFixed(3)} t ${at.tM.toFixed(3)}`;
      lines.push(flags.isSet('json') ? JSON.stringify(found) : `${xM},${yM} ${words}`);
    });
    io.out(lines.map((line) => `${line}\n`).join(''));
    return 0;
  },
};

function readPoints(file: string): [number, number][] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--points: ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const points: [number, number][] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    const parts = line.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
    if (parts.length !== 2 || !parts.every(Number.isFinite)) throw new UsageError(`--points: ${file} line ${index + 1}: ${line.trim()} is not "x,y"`);
    points.push([parts[0]!, parts[1]!]);
  });
  return points;
}
