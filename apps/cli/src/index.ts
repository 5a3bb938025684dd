import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@quaymaster/nest-platform';
import { MapRefusedError } from '@quaymaster/app-standalone';
import type { Command, Environment } from './command';
import { describeFlags, Flags } from './flags';
import { historyCheck } from './history/history-check.command';
import { mapGenerate } from './map/map-generate.command';
import { mapInspect } from './map/map-inspect.command';
import { mapLocate } from './map/map-locate.command';
import { mapRender } from './map/map-render.command';
import { predict } from './predict/predict.command';
import { run } from './run/run.command';
import { processIo, type TerminalIo } from './terminal-io';
import { up } from './up/up.command';
import { UsageError } from './usage-error';

const commands: readonly Command[] = [up, run, mapGenerate, mapInspect, mapLocate, mapRender, predict, historyCheck];

/** Runs the command line. Resolves with the exit status: 0 success, 1 the check found faults, 2 bad input or usage. */
export async function main(args: readonly string[], env: Environment, io: TerminalIo = processIo): Promise<number> {
  try {
    return await dispatch(args, env, io);
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigError || error instanceof MapRefusedError) {
      io.note(`quaymaster: ${oneLine(error.message)}\n`);
      return 2;
    }
    io.note(`quaymaster: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
}

async function dispatch(args: readonly string[], env: Environment, io: TerminalIo): Promise<number> {
  const [first, second] = args;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    io.out(overview());
    return 0;
  }
  if (first === '--version') {
    io.out(`${version()}\n`);
    return 0;
  }
  const command = commands.find(({ words }) => words === first) ?? commands.find(({ words }) => words === `${first} ${second ?? ''}`);
  if (command === undefined) {
    const isGroup = commands.some(({ words }) => words.startsWith(`${first} `));
    throw new UsageError(isGroup ? `${first} ${second ?? ''}`.trim() + ' is not a command; see quaymaster --help' : `${first} is not a command; see quaymaster --help`);
  }
  const rest = args.slice(command.words.split(' ').length);
  if (rest.includes('--help') || rest.includes('-h')) {
    io.out(describeFlags(`quaymaster ${[command.words, ...command.operands].join(' ')} [flags]`, command.about, command.flags));
    return 0;
  }
  return command.run(Flags.read(rest, command.flags, command.operands), io, env);
}

function overview(): string {
  const rows = commands.map(({ words, operands, about }) => `  ${[words, ...operands].join(' ').padEnd(24)} ${about}`);
  return `Quaymaster ${version()}: control plane for a port's fleet of autonomous trucks and AGVs\n\n${rows.join('\n')}\n\nquaymaster COMMAND --help tells the flags of a command.\n`;
}

function version(): string {
  const { version: text } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string };
  return text;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
