import { ApiClient, randomUuid, readAnswer } from './api-client';

interface Sent { readonly path: string; readonly init: RequestInit }

/** A gateway that gives the answers in turn; an Error is a network that fails. */
function gateway(...answers: (readonly [status: number, body: unknown] | Error)[]): { readonly client: ApiClient; readonly sent: Sent[]; readonly pausesMs: number[]; signedOut: number } {
  const seen = { sent: [] as Sent[], pausesMs: [] as number[], signedOut: 0, client: null as unknown as ApiClient };
  seen.client = new ApiClient('secret', async (path, init) => {
    seen.sent.push({ path, init });
    const answer = answers[Math.min(seen.sent.length, answers.length) - 1]!;
    if (answer instanceof Error) throw answer;
    return new Response(JSON.stringify(answer[1]), { status: answer[0] });
  }, async (ms) => { seen.pausesMs.push(ms); }, () => { seen.signedOut += 1; });
  return seen;
}
const keyOf = (sent: Sent): string | null => new Headers(sent.init.headers).get('idempotency-key');
const call = { method: 'POST', path: '/v1/pauses', body: { reason: 'r' } } as const;

describe('ApiClient', () => {
  it('sends the token, and a key with everything that changes something', async () => {
    const g = gateway([200, { outcome: 'done' }]);
    expect(await g.client.send(call)).toEqual({ ok: true, body: { outcome: 'done' } });
    expect(new Headers(g.sent[0]!.init.headers).get('authorization')).toBe('Bearer secret');
    expect(keyOf(g.sent[0]!)).toMatch(/^[0-9a-f-]{36}$/);
    await g.client.send({ method: 'GET', path: '/v1/map' });
    expect(keyOf(g.sent[1]!)).toBeNull();
  });
  it('repeats a request whose answer was lost, under the same key', async () => {
    const g = gateway(new TypeError('network'), [503, {}], [200, {}]);
    expect((await g.client.send(call)).ok).toBe(true);
    expect(g.sent).toHaveLength(3);
    expect(new Set(g.sent.map(keyOf)).size).toBe(1);
  });
  it('says that nobody answers after three attempts', async () => {
    const g = gateway(new TypeError('network'));
    expect(await g.client.send(call)).toMatchObject({ ok: false, code: 'QM_UNREACHABLE' });
    expect(g.sent).toHaveLength(3);
  });
  it('does not repeat what was refused', async () => {
    const g = gateway([409, { code: 'QM_HOLD_FOREIGN', detail: 'belongs to anna' }]);
    expect(await g.client.send(call)).toEqual({ ok: false, status: 409, code: 'QM_HOLD_FOREIGN', detail: 'belongs to anna' });
    expect(g.sent).toHaveLength(1);
  });
  it('asks for the answer of a pending request until there is one', async () => {
    const pending = { outcome: 'pending', requestId: 'q 1' };
    const g = gateway([202, pending], [200, pending], [200, { outcome: 'refused', code: 'QM_ZONE_UNKNOWN', message: 'no such zone' }]);
    expect(await g.client.send(call)).toMatchObject({ ok: false, code: 'QM_ZONE_UNKNOWN', detail: 'no such zone' });
    expect(g.sent.map(({ path }) => path)).toEqual(['/v1/pauses', '/v1/requests/q%201', '/v1/requests/q%201']);
    expect(g.pausesMs).toEqual([200, 400]);
  });
  it('does not wait for ever for a pending request', async () => {
    const g = gateway([202, { outcome: 'pending', requestId: 'q1' }]);
    expect(await g.client.send(call)).toMatchObject({ ok: false, code: 'QM_STILL_PENDING' });
  });
  it('tells of a token that is not taken', async () => {
    const g = gateway([401, { code: 'QM_UNAUTHENTICATED' }]);
    await g.client.send(call);
    expect(g.signedOut).toBe(1);
  });
});

describe('readAnswer', () => {
  it('gives an answer without words the code of its status', () => {
    expect(readAnswer(500, '<html>')).toEqual({ ok: false, status: 500, code: 'HTTP 500', detail: 'the answer was HTTP 500' });
  });
  it('takes an empty success', () => {
    expect(readAnswer(204, '')).toEqual({ ok: true, body: null });
  });
});

describe('randomUuid', () => {
  it('is a version 4 UUID', () => {
    expect(randomUuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(randomUuid()).not.toBe(randomUuid());
  });
});
