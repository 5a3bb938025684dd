import { SystemClock } from '@quaymaster/clock';
import { describeMessageBus } from '@quaymaster/ports/testing';
import { InMemoryBus } from './in-memory-bus';

describeMessageBus('InMemoryBus', async (settings) => new InMemoryBus({ clock: new SystemClock(), ...settings }), { isInMemory: true });
