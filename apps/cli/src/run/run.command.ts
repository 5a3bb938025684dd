import type { Command } from '../command';
import { UsageError } from '../usage-error';
import { type Role, roles } from './roles';
import { runMigrate } from './run-migrate';
import { runService } from './run-service';
import { runSimulator } from './run-simulator';
import { readServiceSettings } from './service.config';

export const run: Command = {
  words: 'run',
  about: `one service as a process of its own: ${roles.join(', ')}`,
  operands: ['ROLE'],
  flags: {},
  run: async (flags, io, env) => {
    const role = roleOf(flags.operands[0] ?? '');
    const settings = readServiceSettings(role, env);
    if (role === 'migrate') return runMigrate(settings.config, io);
    if (role === 'simulator') return runSimulator(settings.config, io);
    return runService(role, settings, io);
  },
};

function roleOf(text: string): Role {
  const role = roles.find((one) => one === text);
  if (role === undefined) throw new UsageError(`${text} is not a role: one of ${roles.join(', ')}`);
  return role;
}
