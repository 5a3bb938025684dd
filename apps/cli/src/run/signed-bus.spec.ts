import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { heartbeats } from '@quaymaster/messages';
import { SignedBus } from './signed-bus';

it('messages say where they come from, unless they say something else themselves', async () => {
  const clock = new ManualClock();
  const bus = new InMemoryBus({ clock });
  const sources: string[] = [];
  await bus.subscribe(heartbeats, 'ear', async (batch) => { sources.push(...batch.map(({ header }) => header.source)); });
  const signed = new SignedBus(bus, 'collision/1');
  const message = { service: 'collision' as const, instance: '1', epoch: 0, atMs: clock.nowMs(), isLeaving: false };
  await signed.publish(heartbeats, 'k', message);
  await signed.publish(heartbeats, 'k', message, { source: 'other' });
  await signed.idle();
  expect(sources).toEqual(['collision/1', 'other']);
  await signed.close();
});
