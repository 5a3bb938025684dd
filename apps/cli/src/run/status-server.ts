import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** `/live`, `/ready` and `/metrics` of a process that is no service, or not yet one. */
export class StatusServer {
  readonly registry = new Registry();
  private readonly server: Server;

  private constructor(role: string, private readonly status: () => string) {
    this.registry.setDefaultLabels({ service: role });
    collectDefaultMetrics({ register: this.registry });
    this.server = createServer((request, response) => {
      this.answer(request.url ?? '').then(({ code, type, body }) => { response.writeHead(code, { 'content-type': type }).end(body); }, () => { response.writeHead(500).end(); });
    });
  }

  /** @param status word that `/ready` answers with. @throws when the port is taken */
  static async listen(role: string, host: string, port: number, status: () => string): Promise<StatusServer> {
    const made = new StatusServer(role, status);
    await new Promise<void>((resolve, reject) => {
      made.server.once('error', reject).listen(port, host, () => { resolve(); });
    });
    return made;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => { resolve(); });
      this.server.closeAllConnections();
    });
  }

  private async answer(url: string): Promise<{ readonly code: number; readonly type: string; readonly body: string }> {
    switch (url.replace(/\?.*$/, '')) {
      case '/live': return { code: 200, type: 'application/json', body: JSON.stringify({ status: 'live' }) };
      case '/ready': return { code: 200, type: 'application/json', body: JSON.stringify({ status: this.status() }) };
      case '/metrics': return { code: 200, type: this.registry.contentType, body: await this.registry.metrics() };
      default: return { code: 404, type: 'text/plain', body: 'not found' };
    }
  }
}
