/** What a process has opened, closed in reverse order. */
export class Openings {
  private readonly closers: (() => Promise<unknown>)[] = [];

  async open<T>(opening: T | Promise<T>, close: (opened: T) => unknown): Promise<T> {
    const opened = await opening;
    this.closers.push(async () => { await close(opened); });
    return opened;
  }

  /** One that does not close leaves the others to be closed; the first failure is thrown afterwards. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let closer = this.closers.pop(); closer !== undefined; closer = this.closers.pop()) await closer().catch((error: unknown) => { failures.push(error); });
    if (failures.length > 0) throw failures[0];
  }
}
