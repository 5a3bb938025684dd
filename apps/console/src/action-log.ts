import type { ApiCall, ApiResult } from './api-client';

/** Something that an operator asked for, and what became of it. */
export interface ActionEntry {
  readonly id: number;
  readonly label: string;
  readonly state: 'pending' | 'done' | 'refused';
  /** Stable code of a refusal, '' otherwise. */
  readonly code: string;
  readonly detail: string;
}

/** What was asked for, newest last. A done entry leaves after a while; a refusal stays until it is dismissed. */
export class ActionLog {
  entries: readonly ActionEntry[] = [];
  private serial = 0;

  constructor(
    private readonly send: (call: ApiCall) => Promise<ApiResult>, private readonly changed: () => void, private readonly later: (task: () => void) => void,
  ) {}

  /** @returns true when it was done */
  async run(label: string, call: ApiCall): Promise<boolean> {
    this.serial += 1;
    const id = this.serial;
    this.set([...this.entries, { id, label, state: 'pending', code: '', detail: '' }]);
    const result = await this.send(call);
    const entry: ActionEntry = result.ok
      ? { id, label, state: 'done', code: '', detail: messageOf(result.body) }
      : { id, label, state: 'refused', code: result.code, detail: result.detail };
    this.set(this.entries.map((old) => (old.id === id ? entry : old)));
    if (result.ok) this.later(() => { this.dismiss(id); });
    return result.ok;
  }

  dismiss(id: number): void {
    this.set(this.entries.filter((entry) => entry.id !== id));
  }

  private set(entries: readonly ActionEntry[]): void {
    this.entries = entries;
    this.changed();
  }
}

function messageOf(body: unknown): string {
  const message: unknown = typeof body === 'object' && body !== null ? (body as { message?: unknown }).message : undefined;
  return typeof message === 'string' ? message : '';
}
