/** What became of a request: an answer, or a refusal in the words of a problem document (RFC 9457). */
export type ApiResult =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly status: number; readonly code: string; readonly detail: string };

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

type Fetch = (input: string, init: RequestInit) => Promise<Response>;

/** Longest wait for one answer [ms]. */
const TIMEOUT_MS = 10_000;
/** Pauses before a request whose answer was lost is sent again [ms]. It carries the same idempotency key, so it is carried out once. */
const RETRY_AFTER_MS = [300, 1000];

/** The scheduler has not answered a request yet: asked for again after these pauses, the last one repeated [ms]. */
const ASK_AGAIN_AFTER_MS = [200, 400, 800, 1500];
/** Times a pending request is asked for before it is given up, about a minute. */
const MOST_ASKS = 40;

/** REST client of the gateway. Never rejects: what went wrong is a refusal with a code. */
export class ApiClient {
  constructor(
    private readonly token: string,
    private readonly fetchIt: Fetch = (input, init) => fetch(input, init),
    private readonly pause: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); }),
    private readonly onUnauthorized: () => void = () => undefined,
  ) {}

  /** Sends a call; where the gateway has taken a request that the scheduler has yet to answer, waits for that answer. */
  async send(call: ApiCall): Promise<ApiResult> {
    let result = await this.once(call);
    for (let asked = 0; result.ok; asked += 1) {
      const requestId = pendingRequestId(result.body);
      if (requestId === null) break;
      if (asked === MOST_ASKS) return { ok: false, status: 202, code: 'QM_STILL_PENDING', detail: `sent, but not answered yet (request ${requestId})` };
      await this.pause(ASK_AGAIN_AFTER_MS[Math.min(asked, ASK_AGAIN_AFTER_MS.length - 1)]!);
      result = await this.once({ method: 'GET', path: `/v1/requests/${encodeURIComponent(requestId)}` });
    }
    return result;
  }

  private async once(call: ApiCall): Promise<ApiResult> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.token}`, accept: 'application/json' };
    if (call.method !== 'GET') headers['idempotency-key'] = randomUuid();
    if (call.body !== undefined) headers['content-type'] = 'application/json';
    const init: RequestInit = { method: call.method, headers, cache: 'no-store', ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }) };
    for (let attempt = 0; ; attempt += 1) {
      const result = await this.attempt(call.path, init);
      const waitMs = RETRY_AFTER_MS[attempt];
      if (result.ok || waitMs === undefined || (result.status !== 0 && result.status !== 502 && result.status !== 503 && result.status !== 504)) {
        if (!result.ok && result.status === 401) this.onUnauthorized();
        return result;
      }
      await this.pause(waitMs);
    }
  }

  private async attempt(path: string, init: RequestInit): Promise<ApiResult> {
    try {
      const response = await this.fetchIt(path, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
      const text = await response.text();
      return readAnswer(response.status, text);
    } catch (error) {
      const isTimeout = error instanceof DOMException && error.name === 'TimeoutError';
      const detail = isTimeout ? `no answer within ${TIMEOUT_MS / 1000} s` : 'the control plane cannot be reached';
      return { ok: false, status: 0, code: isTimeout ? 'QM_NO_ANSWER' : 'QM_UNREACHABLE', detail };
    }
  }
}

/** A body that carries `outcome: 'refused'` is a refusal too: the scheduler said no after the gateway had said yes. */
export function readAnswer(status: number, text: string): ApiResult {
  const body = parsed(text);
  const field = (name: string): string => {
    const value: unknown = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
    return typeof value === 'string' ? value : '';
  };
  if (status >= 200 && status < 300 && field('outcome') !== 'refused') return { ok: true, body };
  const detail = field('detail') || field('message') || field('title') || `the answer was HTTP ${status}`;
  return { ok: false, status, code: field('code') || `HTTP ${status}`, detail };
}

function pendingRequestId(body: unknown): string | null {
  const { outcome, requestId } = (typeof body === 'object' && body !== null ? body : {}) as { outcome?: unknown; requestId?: unknown };
  return outcome === 'pending' && typeof requestId === 'string' ? requestId : null;
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Random UUID (version 4). `crypto.randomUUID` exists on pages served over TLS only; a console on a yard's own network may not be. */
export function randomUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
