import { Injectable } from '@nestjs/common';

/** Null when all is well, else what is missing. */
export type ReadinessCheck = () => string | null;

/** What a service needs to do its job now. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private draining = false;

  register(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** From here on the service asks to be given no new work. */
  drain(): void {
    this.draining = true;
  }

  get isDraining(): boolean {
    return this.draining;
  }

  failures(): Readonly<Record<string, string>> {
    const failures: Record<string, string> = this.draining ? { draining: 'the service is shutting down' } : {};
    for (const [name, check] of this.checks) {
      const failure = check();
      if (failure !== null) failures[name] = failure;
    }
    return failures;
  }
}
