import type { MapFault } from '@quaymaster/virtual-map';
import { UsageError } from '../usage-error';
import { faultLine } from './inspect-report';

/** A file of which no map can be made: bad input, exit status 2. */
export class MapUnreadableError extends UsageError {
  constructor(file: string, faults: readonly MapFault[]) {
    super(`${file}: ${faults.length === 0 ? 'nothing to drive on' : faultLine(faults[0]!)}${faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''}`);
    this.name = 'MapUnreadableError';
  }
}
