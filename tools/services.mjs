// Real servers on this machine, without containers: PostgreSQL, Redis, ClickHouse, Mosquitto, Kafka, nginx. See "Real servers on one machine" in docs/operations.md.
// Usage: npm run services -- up|down|status. One line a server on the output: name, version, state. Notes and reasons go to the error output.
import { down, status, up } from './services/manage.mjs';
import { messageOf } from './services/wait-until.mjs';

const commands = { up: [up, 'up'], status: [status, 'up'], down: [down, 'down'] };
const [word, ...rest] = process.argv.slice(2);
const command = Object.hasOwn(commands, word ?? '') ? commands[word] : undefined;
if (command === undefined || rest.length > 0) {
  process.stderr.write('usage: npm run services -- up|down|status\n');
  process.exit(2);
}

const [work, wanted] = command;
try {
  const rows = await work();
  for (const { name, version, state, notes } of rows) {
    process.stdout.write(`${name} ${version} ${state}\n`);
    for (const note of notes) process.stderr.write(note.startsWith(name) ? `  ${note}\n` : `  ${name}: ${note}\n`);
  }
  // Clients of the servers may hold the process for a while; everything that has to be waited for has been.
  process.exitCode = rows.every(({ state }) => state === wanted) ? 0 : 1;
} catch (error) {
  process.stderr.write(`services: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
