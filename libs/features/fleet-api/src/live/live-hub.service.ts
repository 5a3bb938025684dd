import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { ProblemError } from '@quaymaster/nest-platform';
import { type Cancel, Clock } from '@quaymaster/ports';
import { WebSocketServer } from 'ws';
import { ApiTokens, type Caller } from '../access/api-tokens.service';
import { FleetApiConfig } from '../fleet-api.config';
import { bearerOf } from '../http/access.guard';
import { SiteMap } from '../map/site-map';
import { FleetView } from '../view/fleet-view.service';
import { LiveClient } from './live-client';

const PATH = '/v1/live';
/** Clients have nothing to say. */
const INCOMING_BYTES_MAX = 4096;

/** The WebSocket side of the gateway: callers are known before the upgrade, everybody after it sees the same picture. */
@Injectable()
export class LiveHub {
  private readonly sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: INCOMING_BYTES_MAX });
  private readonly clients = new Set<LiveClient>();
  private undo: Cancel[] = [];
  private isClosing = false;

  constructor(
    private readonly view: FleetView, private readonly tokens: ApiTokens, private readonly site: SiteMap, private readonly clock: Clock,
    private readonly config: FleetApiConfig,
  ) {}

  /** Takes over the upgrades of an HTTP server. */
  attach(server: Server): void {
    const { live } = this.config;
    const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => { this.upgrade(request, socket, head); };
    server.on('upgrade', upgrade);
    const watching = setInterval(() => { for (const client of this.clients) client.watch(); }, Math.min(1000, live.stallMs / 2));
    const pinging = setInterval(() => { for (const client of this.clients) client.ping((hash) => this.tokens.isValid(hash)); }, live.pingMs);
    this.undo = [
      this.clock.every(live.periodMs, () => { for (const client of this.clients) client.tick(); }),
      () => { server.off('upgrade', upgrade); }, () => { clearInterval(watching); }, () => { clearInterval(pinging); },
    ];
  }

  get clientCount(): number {
    return this.clients.size;
  }

  /** Bytes that wait for the slowest client. */
  get bufferedBytes(): number {
    return Math.max(0, ...[...this.sockets.clients].map((socket) => socket.bufferedAmount));
  }

  /** Says goodbye to every client; resolves when all connections have ended. */
  async close(): Promise<void> {
    this.isClosing = true;
    for (const undo of this.undo) undo();
    const ended = Promise.all([...this.sockets.clients].map((socket) => new Promise<void>((resolve) => { socket.once('close', () => { resolve(); }); })));
    for (const client of this.clients) client.close();
    // A client that does not answer the goodbye is not waited for.
    const patience = setTimeout(() => { for (const client of this.clients) client.terminate(); }, 1000);
    await ended;
    clearTimeout(patience);
    this.sockets.close();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => { socket.destroy(); });
    const url = addressOf(request);
    if (url?.pathname !== PATH) {
      refuse(socket, 'Not Found', new ProblemError(404, 'QM_NOT_FOUND', `the live connection is ${PATH}`));
      return;
    }
    const caller = this.tokens.authenticate(bearerOf(request.headers.authorization) || (url.searchParams.get('token') ?? ''));
    if (caller === null) {
      refuse(socket, 'Unauthorized', new ProblemError(401, 'QM_UNAUTHENTICATED', 'a valid token is needed'));
      return;
    }
    if (this.isClosing || this.clients.size >= this.config.live.clients) {
      refuse(socket, 'Service Unavailable', new ProblemError(503, 'QM_LIVE_FULL', `${this.clients.size} live connections are open`));
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (accepted) => { this.welcome(new LiveClient(accepted, this.optionsFor(caller)), accepted); });
  }

  private welcome(client: LiveClient, socket: { once(event: 'close', listener: () => void): unknown }): void {
    const leave = this.view.listen(client);
    this.clients.add(client);
    socket.once('close', () => {
      leave();
      this.clients.delete(client);
    });
    client.open();
  }

  private optionsFor(caller: Caller): ConstructorParameters<typeof LiveClient>[1] {
    const { bufferBytes, stallMs } = this.config.live;
    return { view: this.view, clock: this.clock, mapHash: this.site.map.hash, bufferBytes, stallMs, tokenHash: caller.tokenHash };
  }
}

function addressOf(request: IncomingMessage): URL | null {
  const address = request.url ?? '';
  return URL.canParse(address, 'http://gateway') ? new URL(address, 'http://gateway') : null;
}

/** A problem document in place of the upgrade. */
function refuse(socket: Duplex, phrase: string, { problem }: ProblemError): void {
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${phrase}`, 'content-type: application/problem+json', `content-length: ${Buffer.byteLength(body)}`, 'connection: close',
    ...(problem.status === 401 ? ['www-authenticate: Bearer'] : []),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
