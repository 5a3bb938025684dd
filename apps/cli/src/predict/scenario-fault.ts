import { UsageError } from '../usage-error';

/** A scenario that cannot be used: where in it, and why. */
export class ScenarioFault extends UsageError {
  constructor(file: string, where: string, because: string) {
    super(`${file}: ${where === '' ? '' : `${where}: `}${because}`);
  }
}
