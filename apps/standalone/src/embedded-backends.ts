import { join } from 'node:path';
import { openAnalytics } from '@quaymaster/analytics-clickhouse';
import { InMemoryBus } from '@quaymaster/bus-memory';
import { openDatabase } from '@quaymaster/database';
import { dispatchEntities, dispatchMigrations } from '@quaymaster/feature-dispatch';
import { fleetApiEntities, fleetApiMigrations } from '@quaymaster/feature-fleet-api';
import { schedulingEntities, schedulingMigrations } from '@quaymaster/feature-scheduling';
import { compactedTopics } from '@quaymaster/messages';
import type { Backends } from '@quaymaster/nest-platform';
import type { Clock } from '@quaymaster/ports';
import { InMemoryStateStore } from '@quaymaster/state-memory';

export interface EmbeddedBackends {
  readonly backends: Required<Backends>;
  /** Messages on their way inside the process. */
  backlog(): number;
  /** Last, when nothing uses them any more. */
  close(): Promise<void>;
}

/** Opens every back end inside this process, its data below one folder. */
export async function openEmbeddedBackends(storeDir: string, clock: Clock): Promise<EmbeddedBackends> {
  const database = await openDatabase({
    dataDir: join(storeDir, 'relational'),
    entities: [...dispatchEntities, ...schedulingEntities, ...fleetApiEntities],
    migrations: [...dispatchMigrations, ...schedulingMigrations, ...fleetApiMigrations],
  });
  const analytics = await openAnalytics({ dataDir: join(storeDir, 'analytics') });
  const bus = new InMemoryBus({ clock, compactedTopics });
  const state = new InMemoryStateStore(clock);
  return {
    backends: { clock, bus, state, analytics, database: database.dataSource },
    backlog: () => bus.backlog,
    close: async () => {
      await bus.close();
      await state.close();
      await analytics.close();
      await database.close();
    },
  };
}
