import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Aedes, AuthenticateError, Client } from 'aedes' with { 'resolution-mode': 'import' };
import { mayPublish, maySubscribe, type Principal } from './access';

/** A frame with 64 fused objects takes some 20 kB; a route command less than 100 kB. */
const MAX_PAYLOAD_BYTES = 256 * 1024;
/** CONNACK code of MQTT 3.1.1. */
const BAD_USERNAME_OR_PASSWORD = 4;
/** A subscriber that stops reading is cut off after this long; by default it would stall everybody. */
const DRAIN_TIMEOUT_MS = 2000;

export interface EmbeddedBrokerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Null refuses the client. */
  authenticate(username: string, password: string, clientId: string): Promise<Principal | null>;
}

/** The vehicle broker inside this process, MQTT 3.1.1, so that the product runs with nothing else installed. */
export class EmbeddedBroker {
  private readonly principals = new WeakMap<Client, Principal>();
  private readonly sockets = new Set<Socket>();
  private readonly connected = new Map<string, Client>();
  /** Clients that pushed another connection with the same id out: two vehicles with one identity, or a reconnect that was faster than the broker. */
  takeovers = 0;

  private constructor(private readonly broker: Aedes, private readonly server: Server) {}

  static async start(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
    // An ES module: it can only be imported, and not every Node 20 can require one.
    const { Aedes: Broker } = await import('aedes');
    const broker = await Broker.createBroker({ concurrency: 0, drainTimeout: DRAIN_TIMEOUT_MS });
    const server = createServer(broker.handle);
    const embedded = new EmbeddedBroker(broker, server);
    embedded.guard(options);
    server.on('connection', (socket) => {
      embedded.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('close', () => embedded.sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, options.host, resolve);
    });
    return embedded;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => { this.broker.close(resolve); });
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => { this.server.close(() => { resolve(); }); });
  }

  private guard(options: EmbeddedBrokerOptions): void {
    const { broker } = this;
    broker.authenticate = (client, username, password, done) => {
      const name = username ?? '';
      options.authenticate(name, password?.toString('utf8') ?? '', client.id).then(
        (principal) => {
          const allowed = principal !== null && (principal.kind === 'service' || principal.vehicleId === client.id);
          if (!allowed) {
            done(refusal(name), false);
            return;
          }
          this.principals.set(client, principal);
          // The broker closes the older connection only after this.
          if (this.connected.has(client.id)) this.takeovers += 1;
          done(null, true);
        },
        () => { done(refusal(name), false); },
      );
    };
    broker.authorizePublish = (client, packet, done) => {
      const principal = client === null ? null : this.principals.get(client);
      if (principal === undefined) done(new Error('not authenticated'));
      else if (principal !== null && !mayPublish(principal, packet.topic, packet.retain)) done(new Error(`${client?.id ?? ''} may not publish to ${packet.topic}`));
      else if (packet.payload.length > MAX_PAYLOAD_BYTES) done(new Error(`payload of ${packet.payload.length} bytes is over ${MAX_PAYLOAD_BYTES}`));
      else done(null);
    };
    broker.authorizeSubscribe = (client, subscription, done) => {
      const principal = this.principals.get(client);
      done(null, principal !== undefined && maySubscribe(principal, subscription.topic) ? subscription : null);
    };
    broker.authorizeForward = (client, packet) => {
      const principal = this.principals.get(client);
      return principal !== undefined && maySubscribe(principal, packet.topic) ? packet : null;
    };
    broker.on('client', (client) => {
      this.connected.set(client.id, client);
    });
    broker.on('clientDisconnect', (client) => {
      if (this.connected.get(client.id) === client) this.connected.delete(client.id);
    });
    broker.on('clientError', () => undefined);
    broker.on('connectionError', () => undefined);
  }
}

function refusal(username: string): AuthenticateError {
  const message = username === '' ? 'anonymous clients are refused' : `user ${username} is refused`;
  const error: Error & { returnCode?: unknown } = new Error(message);
  error.returnCode = BAD_USERNAME_OR_PASSWORD;
  return error as AuthenticateError;
}
