import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ProblemError } from '@quaymaster/nest-platform';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Mutation } from '../ledger/mutation';
import { callerOf } from './access.guard';
import { type OperationSpec, operationOf } from './operation';

/** The router takes parameters of an address up to 100 characters; a request must be found by its key. */
export const KEY_LENGTH_MAX = 96;
/** Visible ASCII: safe in logs, addresses and tables. */
const KEY = new RegExp(`^[\\x21-\\x7e]{1,${KEY_LENGTH_MAX}}$`);
/** Problems told of one request at most. */
const ERRORS_TOLD = 20;

/** The body as the operation's schema gives it back. */
export const ValidBody = createParamDecorator((_: unknown, context: ExecutionContext) => bodyOf(requestOf(context), specOf(context)));

/** The query as the operation's schema gives it back. */
export const ValidQuery = createParamDecorator((_: unknown, context: ExecutionContext) => check(specOf(context).query, requestOf(context).query, 'query'));

/** The parameters of the address as the operation's schema gives them back. */
export const ValidParams = createParamDecorator((_: unknown, context: ExecutionContext) => check(specOf(context).params, requestOf(context).params, 'path'));

/** The change that is asked for, with its idempotency key; body and parameters have been checked. */
export const AskedMutation = createParamDecorator((_: unknown, context: ExecutionContext): Mutation => {
  const request = requestOf(context);
  const spec = specOf(context);
  const key = request.headers['idempotency-key'];
  if (key === undefined) throw new ProblemError(400, 'QM_IDEMPOTENCY_KEY_MISSING', 'a request that changes something needs the header Idempotency-Key');
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new ProblemError(400, 'QM_IDEMPOTENCY_KEY_INVALID', `Idempotency-Key is 1 to ${KEY_LENGTH_MAX} visible ASCII characters, once`);
  }
  const params = spec.params === undefined ? {} : (check(spec.params, request.params, 'path') as Record<string, string>);
  const sent = spec.body === undefined ? undefined : bodyOf(request, spec);
  return { key, caller: callerOf(request), operation: `${request.method} ${request.routeOptions.url ?? ''}`, resource: Object.values(params).join('/'), sent };
});

function bodyOf(request: FastifyRequest, spec: OperationSpec): unknown {
  const [type] = (request.headers['content-type'] ?? '').split(';');
  if (type?.trim().toLowerCase() !== 'application/json') throw new ProblemError(415, 'QM_CONTENT_TYPE', 'the body must be application/json');
  return check(spec.body, request.body, 'body');
}

function check(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (schema === undefined) throw new Error(`the operation declares no ${where}`);
  const result = schema.safeParse(value ?? undefined);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, ERRORS_TOLD).map((issue) => ({ path: [where, ...issue.path.map(String)].join('.'), message: issue.message }));
  throw new ProblemError(400, 'QM_REQUEST_INVALID', `${where}: ${errors.map((error) => error.message).slice(0, 3).join('; ')}`, errors);
}

function requestOf(context: ExecutionContext): FastifyRequest {
  return context.switchToHttp().getRequest<FastifyRequest>();
}

function specOf(context: ExecutionContext): OperationSpec {
  const spec = operationOf(context.getHandler());
  if (spec === undefined) throw new Error(`${context.getClass().name}.${context.getHandler().name} has no @Operation`);
  return spec;
}
