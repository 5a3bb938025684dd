import { Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiController } from '../http/api-controller';
import { Operation } from '../http/operation';
import { mapViewSchema, SiteMap } from './site-map';

@ApiController('v1/map')
export class MapController {
  constructor(private readonly site: SiteMap) {}

  @Get()
  @Operation({ summary: 'The map in force; its ETag is its hash', role: 'viewer', answer: mapViewSchema })
  getMap(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const etag = `"${this.site.map.hash}"`;
    void reply.header('etag', etag).header('cache-control', 'private, no-cache').header('vary', 'accept-encoding, authorization');
    if (matches(request.headers['if-none-match'], etag)) {
      void reply.status(304).send();
      return;
    }
    void reply.type('application/json; charset=utf-8');
    if (acceptsGzip(request.headers['accept-encoding'])) void reply.header('content-encoding', 'gzip').send(this.site.gzipped);
    else void reply.send(this.site.json);
  }
}

function matches(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((tag) => [etag, `W/${etag}`, '*'].includes(tag.trim())) ?? false;
}

/** Whether `gzip` is named and not refused by `q=0`. */
export function acceptsGzip(header: string | undefined): boolean {
  return header?.split(',').some((coding) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$)[\d.]+\s*)?$/i.test(coding)) ?? false;
}
