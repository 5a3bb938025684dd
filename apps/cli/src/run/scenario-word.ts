import { incidentSchema, instantMsSchema } from '@quaymaster/messages';
import { z } from 'zod';
import type { TerminalIo } from '../terminal-io';

/** What a simulator that plays a scenario says on standard output: a JSON object a line. */
export const scenarioWordSchema = z.discriminatedUnion('word', [
  z.object({ word: z.literal('triggered'), atMs: instantMsSchema }),
  z.object({ word: z.literal('over'), atMs: instantMsSchema, isComplete: z.boolean(), incidents: z.array(incidentSchema) }),
  /** The last one: what is true of the whole run. */
  z.object({ word: z.literal('left'), atMs: instantMsSchema, contacts: z.number().int().nonnegative() }),
]);
export type ScenarioWord = z.infer<typeof scenarioWordSchema>;

export function sayScenarioWord(io: TerminalIo, word: ScenarioWord): void {
  io.out(`${JSON.stringify(word)}\n`);
}

/** Words among other lines; a line that has not ended yet is not read. */
export function readScenarioWords(out: string): ScenarioWord[] {
  return out.split('\n').slice(0, -1).filter((line) => line.startsWith('{')).map((line) => scenarioWordSchema.parse(JSON.parse(line)));
}
