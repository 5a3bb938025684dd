import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { FleetError } from '@quaymaster/ports';
import { ProblemError } from '@quaymaster/nest-platform';
import { catchError, type Observable } from 'rxjs';
import { isStoreOutage, StoreUnavailableError } from '../ledger/store-outage';

/** A store that is away is nobody's bug: the caller is told to come back. */
@Injectable()
export class StoreOutageInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => {
      if (error instanceof ProblemError || error instanceof FleetError || !isStoreOutage(error)) throw error;
      throw new StoreUnavailableError('the relational store does not answer', { cause: error });
    }));
  }
}
