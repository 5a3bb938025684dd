import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { FleetError } from '@quaymaster/ports';
import type { FastifyReply } from 'fastify';
import { type Problem, ProblemError } from './problem';

/** Turns whatever a request ended with into a problem document; what nobody foresaw is logged and tells the caller nothing about the inside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    // Bus handlers reject to the bus, which delivers again; only requests are answered here.
    if (host.getType() !== 'http') throw error;
    const { problem } = this.toProblem(error);
    void host.switchToHttp().getResponse<FastifyReply>().status(problem.status).type('application/problem+json').send(problem);
  }

  private toProblem(error: unknown): { readonly problem: Problem } {
    if (error instanceof ProblemError) return error;
    if (error instanceof FleetError) return new ProblemError(error.retryable ? 503 : 409, error.code, error.message);
    const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
    if (status !== undefined && status < 500) {
      return new ProblemError(status, codeOf(status), error instanceof Error ? error.message : 'the request was refused');
    }
    this.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return new ProblemError(500, 'QM_INTERNAL', 'Something failed that should not have; it has been logged.');
  }
}

/** Fastify's own errors (body too large, bad JSON) carry their status. */
function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

function codeOf(status: number): `QM_${string}` {
  switch (status) {
    case 401: return 'QM_UNAUTHENTICATED';
    case 403: return 'QM_FORBIDDEN';
    case 404: return 'QM_NOT_FOUND';
    case 413: return 'QM_BODY_TOO_LARGE';
    case 415: return 'QM_CONTENT_TYPE';
    default: return 'QM_REQUEST_INVALID';
  }
}
