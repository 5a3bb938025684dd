import { readFileSync } from 'node:fs';
import { findContacts } from '@quaymaster/motion';
import type { Command } from '../command';
import { UsageError } from '../usage-error';
import { readScenario } from './read-scenario';

export const predict: Command = {
  words: 'predict',
  about: 'finds the first contact of every pair of bodies that move as a scenario says',
  operands: ['SCENARIO'],
  flags: { json: { kind: 'switch', about: 'print one JSON object' } },
  async run(flags, io) {
    const file = flags.operands[0]!;
    const beganMs = performance.now();
    const { horizonS, ids, bodies } = readScenario(file, textOf(file));
    const readMs = performance.now();
    const found = findContacts(bodies, 0, horizonS);
    const searchedMs = performance.now();
    const contacts = found.contacts.map(({ i, k, atS, xM, yM }) => {
      const [a, b] = ids[i]! < ids[k]! ? [ids[i]!, ids[k]!] : [ids[k]!, ids[i]!];
      return { a, b, firstContactS: atS, pointM: [xM, yM] };
    }).sort((one, other) => compare(one.a, other.a) || compare(one.b, other.b));
    if (flags.isSet('json')) {
      io.out(`${JSON.stringify({ contacts, pairsChecked: found.pairsChecked, timingMs: { read: readMs - beganMs, search: searchedMs - readMs } })}\n`);
      return 0;
    }
    for (const { a, b, firstContactS, pointM } of contacts) io.out(`${a} and ${b} touch after ${firstContactS.toFixed(3)} s at ${pointM.map((value) => value.toFixed(2)).join(', ')}\n`);
    io.out(`${contacts.length} contacts; ${found.pairsChecked} pairs looked at in ${(searchedMs - readMs).toFixed(1)} ms\n`);
    return 0;
  },
};

/** By UTF-16 code units, as `<` compares texts. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
