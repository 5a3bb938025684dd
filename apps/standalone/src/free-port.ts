import { createServer } from 'node:net';

/** The wanted port if nobody has it, else any free one. Somebody may still take it before it is used; then listening fails and says so. */
export async function freePort(host: string, wanted: number): Promise<number> {
  return (await isFree(host, wanted)) ? wanted : 0;
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => { resolve(false); });
    probe.listen(port, host, () => { probe.close(() => { resolve(true); }); });
  });
}
