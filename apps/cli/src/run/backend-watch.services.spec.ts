import { randomUUID } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { KafkaBus } from '@quaymaster/bus-kafka';
import { ManualClock, SystemClock } from '@quaymaster/clock';
import { type Database, openDatabase } from '@quaymaster/database';
import type { Topic } from '@quaymaster/messages';
import { describeWithServices } from '@quaymaster/ports/testing';
import { BusWatch, DatabaseWatch } from './backend-watch';

const real = new SystemClock();
const word: Topic<string> = { name: 'word', priority: false, encode: (text) => new TextEncoder().encode(text), decode: (bytes) => new TextDecoder().decode(bytes) };

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await real.sleep(10);
}

/** A way to a server that can be cut: what is open breaks, and nothing new gets through. */
class CutWay {
  private isCut = false;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(host: string, port: number) {
    this.server = createServer((near) => {
      if (this.isCut) {
        near.destroy();
        return;
      }
      const far = connect(port, host);
      for (const [from, to] of [[near, far], [far, near]] as const) {
        this.sockets.add(from);
        from.on('error', () => undefined).on('close', () => {
          this.sockets.delete(from);
          to.destroy();
        }).pipe(to);
      }
    });
  }

  async open(): Promise<number> {
    await new Promise<void>((resolve) => { this.server.listen(0, '127.0.0.1', () => { resolve(); }); });
    return (this.server.address() as AddressInfo).port;
  }

  cut(isCut: boolean): void {
    this.isCut = isCut;
    if (isCut) for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut(true);
    await new Promise((resolve) => { this.server.close(resolve); });
  }
}

describeWithServices('readiness', ['QM_POSTGRES_URL', 'QM_POSTGRES_PASSWORD', 'QM_KAFKA_BROKERS'], (env) => {
  it('is gone when the database has not answered for 6 s, and is back with its next answer', async () => {
    const address = new URL(env['QM_POSTGRES_URL']!);
    const way = new CutWay(address.hostname, Number(address.port));
    address.hostname = '127.0.0.1';
    address.port = String(await way.open());
    let database: Database | undefined;
    const clock = new ManualClock();
    try {
      // A search path to nowhere: no other release's migrations are found there.
      const url = `${address.href}?options=-c%20search_path%3Dnone`;
      database = await openDatabase({ url, password: env['QM_POSTGRES_PASSWORD'], entities: [], migrations: [], schema: 'expect', poolSize: 1 });
      const watch = new DatabaseWatch(database.dataSource, clock);
      way.cut(true);
      clock.advance(6000);
      expect(watch.check()).toBeNull();
      clock.advance(1);
      expect(watch.check()).toBe('the database has not answered for 6 s');
      way.cut(false);
      await until(() => {
        clock.advance(1000);
        return watch.check() === null;
      });
      watch.close();
    } finally {
      await database?.close();
      await way.close();
    }
  });

  it('is there while the bus gives messages of every group, and gone when one of its consumers has ended', async () => {
    const prefix = `${randomUUID().slice(0, 8)}-`;
    const bus = new KafkaBus({ brokers: env['QM_KAFKA_BROKERS']!.split(','), clock: real, instanceId: 'watched', prefix, sessionTimeoutMs: 6000 });
    await bus.ensureTopics([word.name, 'dead-letters'], { partitions: 1 });
    const watch = new BusWatch(bus, real);
    await bus.subscribe(word, 'g', async () => undefined);
    await bus.publish(word, 'k', 'hello');
    expect(watch.check()).toBeNull();
    await bus.deleteTopics([word.name]);
    bus.breakConnections();
    await until(() => watch.check() !== null);
    expect(watch.check()).toBe('the bus gives no messages of word to g');
    watch.close();
    await bus.close();
    await bus.deleteTopics(['dead-letters']);
  });

  it('is gone when the bus takes no messages, and not for ever for a service that publishes seldom', async () => {
    const nobody = createServer();
    await new Promise<void>((resolve) => { nobody.listen(0, '127.0.0.1', () => { resolve(); }); });
    const { port } = nobody.address() as AddressInfo;
    await new Promise((resolve) => { nobody.close(resolve); });
    const bus = new KafkaBus({ brokers: [`127.0.0.1:${port}`], clock: real, instanceId: 'watched', publishTimeoutMs: 500 });
    const clock = new ManualClock();
    const watch = new BusWatch(bus, clock);
    expect(watch.check()).toBeNull();
    await expect(bus.publish(word, 'k', 'hello')).rejects.toThrow();
    expect(watch.check()).toBe('the bus takes no messages');
    clock.advance(10_000);
    expect(watch.check()).toBeNull();
    watch.close();
    await bus.close();
  });
});
