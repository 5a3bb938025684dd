import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Registry } from 'prom-client';
import { Readiness } from './readiness';

/** What an orchestrator asks of every service. */
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness, private readonly registry: Registry) {}

  /** The event loop turns; depends on nothing else. */
  @Get('live')
  live(): { status: string } {
    return { status: 'live' };
  }

  @Get('ready')
  ready(@Res() reply: FastifyReply): void {
    const failures = this.readiness.failures();
    const ready = Object.keys(failures).length === 0;
    void reply.status(ready ? 200 : 503).send(ready ? { status: 'ready' } : { status: 'not-ready', failures });
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.registry.metrics();
  }
}
