import { readOpenDrive } from '@quaymaster/opendrive';
import { compileMap } from '@quaymaster/virtual-map';
import type { Command } from '../command';
import type { TerminalIo } from '../terminal-io';
import { MapUnreadableError } from './map-unreadable-error';
import { describeMap, describeNetwork, faultLine } from './inspect-report';
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
    const compiled = compileMap(read.network, { epsilonM: flags.number('eps') ?? DEFAULT_EPSILON_M });
    const doneMs = performance.now();
    if (compiled.kind === 'refused') throw new MapUnreadableError(file, compiled.faults);
    const errors = compiled.report.faults;
    const warnings = [...read.warnings, ...compiled.report.warnings];
    const report = {
      file, ...describeNetwork(read.network), ...describeMap(compiled), timingMs: { read: compileFromMs - readFromMs, compile: doneMs - compileFromMs }, warnings, errors,
    };
    if (flags.isSet('json')) io.out(`${JSON.stringify(report)}\n`);
    else print(report, io);
    return errors.length === 0 ? 0 : 1;
  },
};

function print(report: ReturnType<typeof describeNetwork> & ReturnType<typeof describeMap> & { readonly file: string; readonly warnings: readonly Parameters<typeof faultLine>[0][]; readonly errors: readonly Parameters<typeof faultLine>[0][] }, io: TerminalIo): void {
  io.out([
    `${report.file}: OpenDRIVE ${report.openDriveVersion} "${report.name}"`,
    `  ${report.roads} roads, ${report.junctions} junctions, ${(report.roadLengthM / 1000).toFixed(2)} km of road, ${(report.drivableLaneM / 1000).toFixed(2)} km of drivable lanes`,
    `  ${report.mesh.vertices} vertices, ${report.mesh.triangles} triangles, chord error ${(report.mesh.maxChordErrorM * 1000).toFixed(1)} mm`,
    `  ${report.blocks.count} blocks (${report.blocks.holdPoints} hold points), ${report.slots} slots, ${report.transferPoints} transfer points, ${report.zones} zones`,
    ...report.errors.map((fault) => `  error   ${faultLine(fault)}`),
    ...report.warnings.map((fault) => `  warning ${faultLine(fault)}`),
    '',
  ].join('\n'));
}
