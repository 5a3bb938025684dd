import type { Command } from '../command';
import { checkHistory } from './check-history';
import { readHistory } from './read-history';

export const historyCheck: Command = {
  words: 'history check',
  about: 'judges a kept history of commands: lost, doubled, stale, wrongly resumed. Exit 0 clean, 1 violations, 2 unreadable',
  operands: ['FILE'],
  flags: { json: { kind: 'switch', about: 'print one JSON object' } },
  async run(flags, io) {
    const file = flags.operands[0]!;
    const { violations, ...counts } = checkHistory(readHistory(file));
    if (flags.isSet('json')) io.out(`${JSON.stringify({ file, ...counts, violations })}\n`);
    else {
      const { commands, lost, doubled, stale, unsafeResumes, changedEnds, ghosts, open, effects, forged } = counts;
      io.out(`${[
        `${file}: ${commands} commands, ${lost} lost, ${doubled} doubled, ${stale} stale, ${unsafeResumes} unsafe resumes, ${changedEnds} changed ends, ${ghosts} ghosts, ${open} open at the end`,
        `at vehicles: ${effects.applied} applied, ${effects.repeated} repeated, ${effects.refused} refused; ${forged} commands were forged by the run`,
        ...violations.map(({ at, kind, vehicleId, commandId, text }) => [new Date(at).toISOString(), kind, vehicleId, commandId, text].filter((word) => word !== '').join(' ')),
      ].join('\n')}\n`);
    }
    return violations.length === 0 ? 0 : 1;
  },
};
