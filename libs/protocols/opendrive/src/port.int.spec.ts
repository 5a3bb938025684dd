import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileMap, surveyReach } from '@quaymaster/virtual-map';
import { readOpenDrive } from './read-opendrive';

const file = join(process.env['QM_DATA_DIR'] ?? '', 'opendrive/dlr-ts__sumo-scenarios/braunschweig_port.xodr');
const hasData = process.env['QM_DATA_DIR'] !== undefined && existsSync(file);
const describeData = hasData || process.env['QM_REQUIRE_DATA'] === '1' ? describe : xdescribe;

describeData('the inland port of Braunschweig (QM_DATA_DIR)', () => {
  const open = () => {
    const read = readOpenDrive(readFileSync(file));
    if (read.kind === 'refused') throw new Error(JSON.stringify(read.faults));
    const compiled = compileMap(read.network);
    if (compiled.kind === 'refused') throw new Error(JSON.stringify(compiled.faults));
    return { read, compiled };
  };

  it('is one piece but for five named ends, those at which SUMO finds no way on or in', () => {
    const { compiled: { map, report } } = open();
    const { coreBlocks, deadEnds, noEntries } = surveyReach(map);
    expect(coreBlocks / map.blocks.count).toBeGreaterThan(0.95);
    expect(deadEnds.length + noEntries.length).toBe(5);
    // What netconvert 1.28 makes of the same file has 279 edges outside junctions, 274 of them in one component, and these beside it.
    const ends = report.warnings.filter(({ code }) => code === 'QM_MAP_DEAD_END' || code === 'QM_MAP_NO_ENTRY').map(({ code, where }) => `${code} ${where.split(',')[0]!}`);
    expect(ends).toEqual(['QM_MAP_DEAD_END road 1486', 'QM_MAP_DEAD_END road 1605', 'QM_MAP_NO_ENTRY road 1569', 'QM_MAP_NO_ENTRY road 1597', 'QM_MAP_NO_ENTRY road 1646']);
  });

  it('has the faults that are in it: a missing junction, a lane that jumps, lengths that differ', () => {
    const { read, compiled } = open();
    const codes = new Map<string, number>();
    for (const { code } of [...read.warnings, ...compiled.report.faults]) codes.set(code, (codes.get(code) ?? 0) + 1);
    expect(Object.fromEntries(codes)).toMatchObject({ QM_MAP_LINK: 1, QM_MAP_GAP: 2, QM_MAP_LENGTH: 265, QM_MAP_KINK: 1 });
  });
});
