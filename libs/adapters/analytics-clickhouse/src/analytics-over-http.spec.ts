import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { frames } from '@quaymaster/messages';
import { AnalyticsUnavailableError } from '@quaymaster/ports';
import { openAnalytics } from './open-analytics';

const nowMs = 1_760_000_000_000;
const frame = frames.decode(frames.encode({
  vehicleId: 'T-1', bootId: 1, sequence: 1, observedAtMs: nowMs, receivedAtMs: nowMs, modelId: 'agv', mode: 'AUTOMATIC', xM: 0, yM: 0, headingRad: 0, speedMps: 0,
  accelerationMps2: 0, yawRateRadPs: 0, positionSigmaM: 0, hitchAnglesRad: [], routeId: '', routeSM: 0, releasedToSM: 0, stopped: false, leaseAlive: false, epoch: 0,
  commandSequence: 0, errors: [], objects: [], match: null,
}));
const TABLE = '["MergeTree SETTINGS non_replicated_deduplication_window = 1000"]\n';

interface Insert { readonly token: string; readonly rows: number }

let server: Server;
let inserts: Insert[];
let url: string;
/** What becomes of an insert after it was read. */
let answer: (response: ServerResponse, request: IncomingMessage, attempt: number) => void;
let table: string;

beforeEach(async () => {
  inserts = [];
  table = TABLE;
  answer = (response) => { response.end(); };
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const parameters = new URL(request.url!, 'http://host').searchParams;
      const body = Buffer.concat(chunks).toString();
      const token = parameters.get('insert_deduplication_token');
      if (token === null) {
        response.end(body.includes('system.tables') ? table : '["7"]\n');
        return;
      }
      inserts.push({ token, rows: body.split('\n').filter((line) => line.startsWith('[')).length });
      answer(response, request, inserts.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/history`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
});

describe('over a network the analytics store', () => {
  it('sends a batch whose answer was lost once more, with its token', async () => {
    answer = (response, request, attempt) => {
      if (attempt === 1) request.socket.resetAndDestroy();
      else response.end();
    };
    const store = await openAnalytics({ url });
    await store.appendFrames([frame, frame], 'batch-7');
    expect(inserts).toEqual([{ token: 'batch-7', rows: 2 }, { token: 'batch-7', rows: 2 }]);
    await store.close();
  });

  it('gives a batch up when the second answer is lost as well', async () => {
    answer = (_response, request) => { request.socket.resetAndDestroy(); };
    const store = await openAnalytics({ url });
    await expect(store.appendFrames([frame], 'a')).rejects.toBeInstanceOf(AnalyticsUnavailableError);
    expect(inserts).toHaveLength(2);
    await store.close();
  });

  it('does not ask again what the server has refused', async () => {
    answer = (response) => { response.writeHead(400, { 'x-clickhouse-exception-code': '27' }).end('Code: 27. DB::Exception: Cannot parse input. (CANNOT_PARSE_INPUT_ASSERTION_FAILED)'); };
    const store = await openAnalytics({ url });
    await expect(store.appendFrames([frame], 'a')).rejects.toThrow(/Cannot parse input/);
    expect(inserts).toHaveLength(1);
    await store.close();
  });

  it('sends at most 10,000 rows at once, each part with a token of its own', async () => {
    const store = await openAnalytics({ url });
    await store.appendFrames(Array.from({ length: 25_000 }, () => frame), 'large');
    expect(inserts).toEqual([{ token: 'large', rows: 10_000 }, { token: 'large+10000', rows: 10_000 }, { token: 'large+20000', rows: 5000 }]);
    await store.close();
  });

  it('refuses and counts what comes on top of 60,000 rows while the server hangs, and goes on when it answers', async () => {
    const held: ServerResponse[] = [];
    answer = (response) => { held.push(response); };
    const store = await openAnalytics({ url });
    const batch = Array.from({ length: 10_000 }, () => frame);
    const taken = Array.from({ length: 6 }, (_, i) => store.appendFrames(batch, `batch-${i}`));
    for (let i = 0; i < 3; i += 1) await expect(store.appendFrames(batch, `late-${i}`)).rejects.toBeInstanceOf(AnalyticsUnavailableError);
    expect(store.refusedRows).toBe(30_000);
    while (held.length === 0) await new Promise((resolve) => { setImmediate(resolve); });
    answer = (response) => { response.end(); };
    held.pop()!.end();
    await Promise.all(taken);
    await store.appendFrames(batch, 'after');
    expect(inserts.map(({ token }) => token)).toEqual(['batch-0', 'batch-1', 'batch-2', 'batch-3', 'batch-4', 'batch-5', 'after']);
    await store.close();
  });

  it('closes within six seconds though the server hangs', async () => {
    answer = () => undefined;
    const store = await openAnalytics({ url });
    const open = [store.appendFrames([frame], 'a'), store.appendFrames([frame], 'b')].map((append) => append.then(() => null, (error: unknown) => error));
    const startedMs = performance.now();
    await store.close();
    expect(performance.now() - startedMs).toBeLessThan(6000);
    for (const error of await Promise.all(open)) expect(error).toBeInstanceOf(AnalyticsUnavailableError);
  });

  it.each([['is missing', ''], ['forgets the tokens', '["MergeTree ORDER BY vehicle_id"]\n']])('says that the migrations have not run when its table %s', async (words, described) => {
    table = described;
    const store = await openAnalytics({ url });
    await expect(store.countFrames()).rejects.toThrow(new RegExp(`${words}.*: run the migrations`));
    table = TABLE;
    expect(await store.countFrames()).toBe(7);
    await store.close();
  });
});
