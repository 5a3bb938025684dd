import { countOpenDrive, readOpenDrive } from '@quaymaster/opendrive';
import { compileMap, createLocator } from '@quaymaster/virtual-map';
import type { Command } from '../command';
import type { TerminalIo } from '../terminal-io';
import { faultLine, inspectReport, type Compiled } from './inspect-report';
import { MapUnreadableError } from './map-unreadable-error';
import { readMapFile } from './read-map-file';

const DEFAULT_EPSILON_M = 0.02;

export const mapInspect: Command = {
  words: 'map inspect',
  about: 'compiles an OpenDRIVE map; totals and report of faults. Exit 0 clean or warnings only, 1 compiled with errors, 2 unreadable',
  operands: ['FILE'],
  flags: {
    eps: { kind: 'decimal', min: 0.001, max: 1, about: `chord error that the mesh may have [m] (${DEFAULT_EPSILON_M})` },
    json: { kind: 'switch', about: 'print one JSON object' },
  },
  async run(flags, io) {
    const file = flags.operands[0]!;
    const bytes = readMapFile(file);
    const readFromMs = performance.now();
    const read = readOpenDrive(bytes);
    const compileFromMs = performance.now();
    if (read.kind === 'refused') throw new MapUnreadableError(file, read.faults);
    const compiled = compileMap(read.network, { epsilonM: flags.number('eps') ?? DEFAULT_EPSILON_M, partial: true });
    const indexFromMs = performance.now();
    if (compiled.kind === 'refused') throw new MapUnreadableError(file, compiled.faults);
    createLocator(compiled.map);
    const timingMs = { read: compileFromMs - readFromMs, compile: indexFromMs - compileFromMs, index: performance.now() - indexFromMs };
    const totals = countOpenDrive(bytes);
    if (totals === null) throw new MapUnreadableError(file, []);
    const report = inspectReport(file, totals, read.network, compiled, read.warnings, timingMs);
    if (flags.isSet('json')) io.out(`${JSON.stringify(report)}\n`);
    else print(report, compiled, io);
    return report.errors.length === 0 ? 0 : 1;
  },
};

function print(report: ReturnType<typeof inspectReport>, { map }: Compiled, io: TerminalIo): void {
  const { mesh, blocks } = report;
  io.out([
    `${report.file}: OpenDRIVE ${report.openDriveVersion} "${report.name}", compiled ${map.hash}`,
    `  ${report.roads} roads, ${report.junctions} junctions, ${(report.roadLengthM / 1000).toFixed(2)} km of road, ${report.drivableAreaM2.toFixed(0)} m² to drive on`,
    `  ${mesh.vertices} vertices, ${mesh.triangles} triangles, chord error ${(mesh.maxChordErrorM * 1000).toFixed(1)} mm`,
    `  ${blocks.count} blocks (${blocks.holdPoints} hold points), ${map.slots.length} slots, ${map.transferPoints.length} transfer points, ${map.zones.length} zones`,
    ...report.errors.map((fault) => `  error   ${faultLine(fault)}`),
    ...report.warnings.map((fault) => `  warning ${faultLine(fault)}`),
    '',
  ].join('\n'));
}
