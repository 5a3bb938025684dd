import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { ProblemError } from '@quaymaster/nest-platform';
import { Clock } from '@quaymaster/ports';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiTokens, type Caller } from '../access/api-tokens.service';
import { isAtLeast } from '../access/role';
import { AuditStore } from '../audit/audit.store';
import { operationOf } from './operation';

/** Requests with whom they come from, from here on. */
const callers = new WeakMap<FastifyRequest, Caller>();

export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (caller === undefined) throw new Error('the request has not passed the access guard');
  return caller;
}

/** The token of an `Authorization: Bearer …` header, '' if there is none. */
export function bearerOf(header: string | undefined): string {
  return /^Bearer ([\w.~+/=-]+)$/i.exec(header ?? '')?.[1] ?? '';
}

/** Lets callers in by their token, and by their role as far as the operation says. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly log = new Logger(AccessGuard.name);

  constructor(private readonly tokens: ApiTokens, private readonly audit: AuditStore, private readonly clock: Clock) {}

  canActivate(context: ExecutionContext): boolean {
    const spec = operationOf(context.getHandler());
    // A route that nobody has declared is open to nobody.
    if (spec === undefined) throw new Error(`${context.getClass().name}.${context.getHandler().name} has no @Operation`);
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const caller = this.tokens.authenticate(bearerOf(request.headers.authorization));
    if (caller === null) {
      void http.getResponse<FastifyReply>().header('www-authenticate', 'Bearer');
      throw new ProblemError(401, 'QM_UNAUTHENTICATED', 'a valid token is needed: Authorization: Bearer …');
    }
    if (!isAtLeast(caller.role, spec.role)) {
      if (request.method !== 'GET') this.noteRefusal(caller, request);
      throw new ProblemError(403, 'QM_FORBIDDEN', `${caller.name} is ${caller.role}; this needs ${spec.role}`);
    }
    callers.set(request, caller);
    return true;
  }

  /** An attempt to change what the caller may not is worth an entry; the answer does not wait for it. */
  private noteRefusal({ name, role }: Caller, { method, routeOptions, params }: FastifyRequest): void {
    const resource = Object.values(params as Record<string, string>).join('/').slice(0, 256).replace(/[\p{Cc}\p{Cs}]/gu, '?');
    const note = { atMs: this.clock.nowMs(), actor: name, action: `${method} ${routeOptions.url ?? ''}`, resource, body: { refused: 'QM_FORBIDDEN', role } };
    this.audit.transaction((manager) => this.audit.append(note, manager)).catch((error: unknown) => {
      this.log.warn(`a refusal of ${name} was not written down: ${String(error)}`);
    });
  }
}
