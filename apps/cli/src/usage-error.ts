/** The caller's mistake: exit status 2 and one line that names the offender. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
