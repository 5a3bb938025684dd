import { applyDecorators, Controller, UseGuards, UseInterceptors } from '@nestjs/common';
import { AccessGuard } from './access.guard';
import { StoreOutageInterceptor } from './store-outage.interceptor';

/** A controller whose routes are authenticated and checked as their operations say. */
export function ApiController(path: string): ClassDecorator {
  return applyDecorators(Controller(path), UseGuards(AccessGuard), UseInterceptors(StoreOutageInterceptor));
}
