import { randomUUID } from 'node:crypto';

/** The gateway refused a request. `code` is its stable one. */
export class GatewayRefusal extends Error {
  constructor(readonly status: number, readonly code: string, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'GatewayRefusal';
  }
}

const RETRY_MS = 250;
/** What a proxy answers when the gateway behind it is gone. */
const NO_GATEWAY: ReadonlySet<number> = new Set([502, 504]);

/** REST as a terminal operating system or an operator uses it. */
export class GatewayClient {
  /** @param patienceMs how long a request is made again, under the same idempotency key, while nobody answers it */
  constructor(private readonly baseUrl: string, private readonly token: string, private readonly patienceMs = 0) {}

  get(path: string): Promise<unknown> {
    return this.request('GET', path, undefined);
  }

  /** Each call is a request of its own. */
  post(path: string, body: object): Promise<unknown> {
    return this.request('POST', path, body);
  }

  /** Each call is a request of its own. */
  put(path: string, body: object): Promise<unknown> {
    return this.request('PUT', path, body);
  }

  /** Each call is a request of its own. */
  delete(path: string): Promise<unknown> {
    return this.request('DELETE', path, undefined);
  }

  private async request(method: string, path: string, body: object | undefined): Promise<unknown> {
    const request: RequestInit = {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }), ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const untilMs = performance.now() + this.patienceMs;
    for (;;) {
      const response = await fetch(`${this.baseUrl}${path}`, request).catch((error: unknown) => {
        if (performance.now() >= untilMs) throw error;
        return null;
      });
      if (response !== null && (!NO_GATEWAY.has(response.status) || performance.now() >= untilMs)) return answerOf(response);
      await new Promise((resolve) => { setTimeout(resolve, RETRY_MS); });
    }
  }
}

async function answerOf(response: Response): Promise<unknown> {
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const { code, detail } = answer as { code?: string; detail?: string };
  throw new GatewayRefusal(response.status, code ?? `HTTP_${response.status}`, detail ?? response.statusText);
}
