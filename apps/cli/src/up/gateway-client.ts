import { randomUUID } from 'node:crypto';

/** The gateway refused a request. `code` is its stable one. */
export class GatewayRefusal extends Error {
  constructor(readonly status: number, readonly code: string, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'GatewayRefusal';
  }
}

/** REST as a terminal operating system or an operator uses it. */
export class GatewayClient {
  constructor(private readonly baseUrl: string, private readonly token: string) {}

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
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }), ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    const { code, detail } = answer as { code?: string; detail?: string };
    throw new GatewayRefusal(response.status, code ?? `HTTP_${response.status}`, detail ?? response.statusText);
  }
}
