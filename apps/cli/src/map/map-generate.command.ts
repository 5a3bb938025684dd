import { writeFileSync } from 'node:fs';
import { readOpenDrive } from '@quaymaster/opendrive';
import { surveyTurns, type TurnSurvey } from '@quaymaster/planning';
import { generateTerminal, terminalDefaults, terminalLimits } from '@quaymaster/terminal';
import { compileMap } from '@quaymaster/virtual-map';
import type { Command } from '../command';
import { UsageError } from '../usage-error';
import { semitrailer } from './semitrailer';

const MAX_SEED = 2 ** 31 - 1;

export const mapGenerate: Command = {
  words: 'map generate',
  about: 'writes a parametric container terminal as OpenDRIVE 1.7',
  operands: [],
  flags: {
    cranes: { kind: 'integer', ...terminalLimits.cranes, about: `quay cranes (${terminalDefaults.cranes})` },
    'yard-blocks': { kind: 'integer', ...terminalLimits.yardBlocks, about: `yard blocks (${terminalDefaults.yardBlocks})` },
    lanes: { kind: 'integer', ...terminalLimits.lanes, about: `lanes under the cranes (${terminalDefaults.lanes})` },
    slots: { kind: 'integer', ...terminalLimits.slots, about: `parking and charging slots at least (${terminalDefaults.slots})` },
    seed: { kind: 'integer', min: 0, max: MAX_SEED, about: `the same seed gives the same bytes (${terminalDefaults.seed})` },
    out: { kind: 'text', about: 'file to write; standard output without it' },
    json: { kind: 'switch', about: 'print the totals as JSON (needs --out)' },
  },
  async run(flags, io) {
    const out = flags.text('out');
    if (flags.isSet('json') && out === undefined) throw new UsageError('--json needs --out: the map itself goes to standard output without it');
    const { xodr, summary } = generateTerminal({
      cranes: flags.number('cranes') ?? terminalDefaults.cranes, yardBlocks: flags.number('yard-blocks') ?? terminalDefaults.yardBlocks,
      lanes: flags.number('lanes') ?? terminalDefaults.lanes, slots: flags.number('slots') ?? terminalDefaults.slots, seed: flags.number('seed') ?? terminalDefaults.seed,
    });
    if (out === undefined) {
      io.out(xodr);
      return 0;
    }
    try {
      writeFileSync(out, xodr);
    } catch (error) {
      throw new UsageError(`--out: ${out} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
    const report = { ...summary, semitrailerTurns: turnsOf(xodr) };
    io.out(flags.isSet('json') ? `${JSON.stringify(report)}\n` : `${out}: ${Object.entries(report).map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`).join(', ')}\n`);
    return 0;
  },
};

/** How a truck with a trailer gets through the junctions of the map that was written. */
function turnsOf(xodr: string): TurnSurvey {
  const read = readOpenDrive(new TextEncoder().encode(xodr));
  const compiled = read.kind === 'read' ? compileMap(read.network) : read;
  if (compiled.kind === 'refused') throw new Error(`the generated map does not compile: ${compiled.faults[0]!.message}`);
  return surveyTurns(compiled.map, semitrailer);
}
