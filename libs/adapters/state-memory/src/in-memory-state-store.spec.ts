import { ManualClock } from '@quaymaster/clock';
import { describeStateStore } from '@quaymaster/ports/testing';
import { InMemoryStateStore } from './in-memory-state-store';

describeStateStore('InMemoryStateStore', async () => {
  const clock = new ManualClock();
  return { store: new InMemoryStateStore(clock), pass: async (durationMs) => { clock.advance(durationMs); } };
});

it('forgets what was written longest ago beyond its capacity', async () => {
  const store = new InMemoryStateStore(new ManualClock(), 2);
  for (const key of ['a', 'b', 'a', 'c']) await store.put(key, key, { version: 1 });
  expect([...(await store.list('')).keys()]).toEqual(['a', 'c']);
});
