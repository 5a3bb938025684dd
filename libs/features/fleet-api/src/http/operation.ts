import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import type { z } from 'zod';
import type { Role } from '../access/role';

const OPERATION = 'quaymaster:operation';

/** What a route takes and gives: checked at run time, and what the OpenAPI document is made of. */
export interface OperationSpec {
  readonly summary: string;
  /** Least role that may call it. */
  readonly role: Role;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
  /** Status of the usual answer; default 200. */
  readonly status?: 200 | 201 | 202;
  /** Codes of problems beyond those that every route can have. */
  readonly problems?: Readonly<Record<string, number>>;
}

/** Declares what a route of the API is. Every route of an `ApiController` has one. */
export function Operation(spec: OperationSpec): MethodDecorator {
  return applyDecorators(SetMetadata(OPERATION, spec), HttpCode(spec.status ?? 200));
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- what Nest calls a handler
export function operationOf(handler: Function): OperationSpec | undefined {
  return Reflect.getMetadata(OPERATION, handler) as OperationSpec | undefined;
}
