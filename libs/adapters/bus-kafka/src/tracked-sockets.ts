import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

const KEEP_ALIVE_DELAY_MS = 60_000;

/**
 * The connections of one Kafka client, so that a client that has been given up can be cut off for good: kafkajs goes on retrying in the background
 * after its caller has stopped waiting, and a late retry must not write what was reported as not published.
 */
export class TrackedSockets {
  private readonly open = new Set<Socket>();
  private isCut = false;

  readonly factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (this.isCut) throw new Error('this client was given up');
    // kafkajs passes what its client was given, and nothing or false on plain connections, whatever its types say.
    const tls = ssl as typeof ssl | boolean | undefined | null;
    const socket = tls === undefined || tls === null || tls === false
      ? connectPlain({ host, port }, onConnect)
      : connectSecure({ host, port, ...isIP(host) === 0 ? { servername: host } : {}, ...tls === true ? {} : tls }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
    // Small requests one after another: waiting to fill a packet would only delay them.
    socket.setNoDelay(true);
    this.open.add(socket);
    socket.once('close', () => { this.open.delete(socket); });
    return socket;
  };

  /** Breaks every connection; the client may connect anew. */
  break(): void {
    // With an error: kafkajs does not listen for a close without one, and would wait for answers until its requests time out.
    for (const socket of this.open) socket.destroy(new Error('connection cut'));
  }

  /** Breaks every connection and lets the client make no other. */
  cut(): void {
    this.isCut = true;
    this.break();
  }
}
