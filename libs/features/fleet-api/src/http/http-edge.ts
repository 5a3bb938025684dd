import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Server } from 'node:http';
import { type ConsoleFile, readConsoleFiles } from '../console/console-files';
import { acceptsGzip } from '../map/map.controller';

/** The console is ours alone: nothing from elsewhere runs in it, and nobody frames it. */
const CONSOLE_POLICY = [
  "default-src 'self'", "img-src 'self' data:", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
].join('; ');

/** What all answers have in common, and the files of the console. */
@Injectable()
export class HttpEdge {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  get server(): Server {
    return this.host.httpAdapter.getHttpServer() as Server;
  }

  /** Before the routes are registered: hooks hold for the routes that come after them. */
  prepare(consoleDir: string | undefined): void {
    const instance = this.host.httpAdapter.getInstance<FastifyInstance>();
    instance.addHook('onRequest', async (request, reply) => {
      void reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer').header('x-frame-options', 'DENY');
      if (request.url.startsWith('/v1/')) void reply.header('cache-control', 'no-store');
    });
    if (consoleDir === undefined) return;
    for (const file of readConsoleFiles(consoleDir)) {
      instance.get(file.path, (request, reply) => sendFile(file, request, reply));
    }
  }
}

function sendFile(file: ConsoleFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // Kept by the browser and asked about each time: a new release is seen at once.
  void reply.header('etag', file.etag).header('cache-control', 'no-cache').header('vary', 'accept-encoding').header('content-security-policy', CONSOLE_POLICY);
  if (request.headers['if-none-match'] === file.etag) return reply.status(304).send();
  void reply.type(file.type);
  if (file.gzipped === null || !acceptsGzip(request.headers['accept-encoding'])) return reply.send(file.body);
  return reply.header('content-encoding', 'gzip').send(file.gzipped);
}
