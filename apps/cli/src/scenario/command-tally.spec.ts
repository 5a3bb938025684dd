import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { commandEvents, type CommandState } from '@quaymaster/messages';
import { CommandTally } from './command-tally';

it('counts each command once, by its end, also when one of several instances speaks of it late', async () => {
  const bus = new InMemoryBus({ clock: new ManualClock() });
  const tally = new CommandTally();
  await tally.listen(bus);
  const say = async (commandId: string, ...states: readonly CommandState[]): Promise<void> => {
    for (const state of states) {
      await bus.publish(commandEvents, 'T-1', { commandId, vehicleId: 'T-1', kind: 'stop', state, sequence: 0, epoch: 0, causeId: 'x', because: '', atMs: 1 });
    }
  };
  await say('a', 'accepted', 'dispatched', 'finished', 'accepted', 'running');
  await say('b', 'accepted', 'expired', 'finished');
  await say('c', 'accepted', 'running');
  await bus.idle();
  expect([tally.issued, tally.ended('finished'), tally.ended('expired'), tally.ended('running'), tally.ended('accepted')]).toEqual([3, 1, 1, 1, 0]);
  await bus.close();
});
