import { applyDecorators, Controller, UseGuards } from '@nestjs/common';
import { AccessGuard } from './access.guard';

/** A controller whose routes are authenticated and checked as their operations say. */
export function ApiController(path: string): ClassDecorator {
  return applyDecorators(Controller(path), UseGuards(AccessGuard));
}
