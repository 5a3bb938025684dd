import { ActionLog } from './action-log';
import type { ApiResult } from './api-client';

const call = { method: 'POST', path: '/v1/pauses' } as const;

function log(result: Promise<ApiResult>): { readonly log: ActionLog; readonly later: (() => void)[]; changes: number } {
  const all = { later: [] as (() => void)[], changes: 0, log: null as unknown as ActionLog };
  all.log = new ActionLog(() => result, () => { all.changes += 1; }, (task) => { all.later.push(task); });
  return all;
}

describe('ActionLog', () => {
  it('shows an action as pending until it is answered, then as done, then no more', async () => {
    const all = log(Promise.resolve({ ok: true, body: { message: 'the region is being stopped' } }));
    const running = all.log.run('Pause whole site', call);
    expect(all.log.entries).toMatchObject([{ label: 'Pause whole site', state: 'pending' }]);
    expect(await running).toBe(true);
    expect(all.log.entries).toMatchObject([{ state: 'done', detail: 'the region is being stopped' }]);
    all.later[0]!();
    expect(all.log.entries).toEqual([]);
    expect(all.changes).toBe(3);
  });
  it('keeps a refusal with its code until it is dismissed', async () => {
    const all = log(Promise.resolve({ ok: false, status: 409, code: 'QM_HOLD_FOREIGN', detail: 'belongs to anna' }));
    expect(await all.log.run('Release', call)).toBe(false);
    expect(all.log.entries).toMatchObject([{ state: 'refused', code: 'QM_HOLD_FOREIGN', detail: 'belongs to anna' }]);
    expect(all.later).toEqual([]);
    all.log.dismiss(all.log.entries[0]!.id);
    expect(all.log.entries).toEqual([]);
  });
});
