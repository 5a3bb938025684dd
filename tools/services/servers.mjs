import { clickhouse } from './clickhouse.mjs';
import { kafka } from './kafka.mjs';
import { mosquitto } from './mosquitto.mjs';
import { nginx } from './nginx.mjs';
import { postgres } from './postgres.mjs';
import { redis } from './redis.mjs';

/** Every server of a run, in the order in which they are told of. */
export const servers = [postgres, redis, clickhouse, mosquitto, kafka, nginx];
