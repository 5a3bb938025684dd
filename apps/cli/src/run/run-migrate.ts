import { migrateAnalytics } from '@quaymaster/analytics-clickhouse';
import { SystemClock } from '@quaymaster/clock';
import { migrate } from '@quaymaster/database';
import { JsonLogger } from '@quaymaster/nest-platform';
import type { TerminalIo } from '../terminal-io';
import { noteFailure } from './run-until-asked';
import { migrations, openBus } from './service-backends';
import type { ServiceConfig } from './service.config';
import { singleTopics, spreadTopics } from './topics';

/** Prepares the back ends for the services of this release, and ends. Running it again, or several at once, does no harm. */
export async function runMigrate(config: ServiceConfig, io: TerminalIo): Promise<number> {
  try {
    const ran = await migrate({ url: config.QM_POSTGRES_URL!, password: config.QM_POSTGRES_PASSWORD, migrations });
    io.out(`database: ${ran.length === 0 ? 'up to date' : ran.join(', ')}\n`);
    await migrateAnalytics({ url: config.QM_CLICKHOUSE_URL!, username: config.QM_CLICKHOUSE_USERNAME, password: config.QM_CLICKHOUSE_PASSWORD });
    io.out('analytics: up to date\n');
    const made = await makeTopics(config);
    io.out(`topics: ${made.length === 0 ? 'up to date' : made.join(', ')}\n`);
    return 0;
  } catch (error) {
    noteFailure('migrate', error, io);
    return 1;
  }
}

async function makeTopics(config: ServiceConfig): Promise<readonly string[]> {
  const bus = openBus(config, new SystemClock(), new JsonLogger(config.QM_LOG_LEVEL));
  const replicationFactor = config.QM_KAFKA_REPLICATION;
  // With three copies one broker may be away: a message that two have is safe, and can still be written.
  const minInSyncReplicas = replicationFactor >= 3 ? 2 : 1;
  try {
    const made: string[] = [];
    for (const { names, partitions } of [spreadTopics, singleTopics]) made.push(...await bus.ensureTopics(names, { partitions, replicationFactor, minInSyncReplicas }));
    return made;
  } finally {
    await bus.close();
  }
}
