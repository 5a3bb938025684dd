import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/** Below the range from which the kernel serves outgoing connections: while a server is down for a restart nobody else is given its port. */
const FIRST = 20_000;
const LAST = 32_000;

/** That many different ports that nobody listens on at 127.0.0.1, none of them in `taken`. */
export async function freePorts(count, taken = new Set()) {
  const ports = [];
  for (let tries = 0; ports.length < count; tries += 1) {
    if (tries > 1000) throw new Error(`no free port between ${FIRST} and ${LAST}`);
    const port = randomInt(FIRST, LAST);
    if (taken.has(port) || ports.includes(port) || !(await isFree(port))) continue;
    ports.push(port);
  }
  return ports;
}

/** Whether a server could listen on the port of 127.0.0.1 now. */
export function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => { resolve(false); });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => { server.close(() => { resolve(true); }); });
  });
}
