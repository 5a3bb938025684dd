import type { Frame } from '@quaymaster/messages';

/** Batches whose tokens the table remembers: at one a second, and several services, minutes longer than a batch is tried again. */
const TOKENS_KEPT = 1000;

/**
 * One row a frame. Parts are cut by day of receipt, our own clock: a vehicle whose clock is wrong must not scatter a batch over a thousand parts. The
 * window makes a batch that is sent again with its token be stored once, which a plain MergeTree does not do by itself.
 */
export const framesTable = (retentionDays: number): string => `
  CREATE TABLE IF NOT EXISTS frames (
    vehicle_id LowCardinality(String), boot_id UInt64, sequence UInt64, observed_at DateTime64(3, 'UTC'), received_at DateTime64(3, 'UTC'),
    model_id LowCardinality(String), mode LowCardinality(String), x_m Float64, y_m Float64, heading_rad Float64, speed_mps Float64, acceleration_mps2 Float64,
    yaw_rate_rad_ps Float64, position_sigma_m Float64, hitch_angles_rad Array(Float64), route_id String, route_s_m Float64, released_to_s_m Float64,
    stopped Bool, lease_alive Bool, epoch UInt64, command_sequence UInt64, errors Array(String), objects_json String, match_json String,
    INDEX observed_at_range observed_at TYPE minmax GRANULARITY 1
  )
  ENGINE = MergeTree PARTITION BY toDate(received_at) ORDER BY (vehicle_id, observed_at, boot_id, sequence)
  TTL toDateTime(received_at) + INTERVAL ${retentionDays} DAY
  SETTINGS non_replicated_deduplication_window = ${TOKENS_KEPT}, ttl_only_drop_parts = 1`;

export const frameColumns: [string, ...string[]] = [
  'vehicle_id', 'boot_id', 'sequence', 'observed_at', 'received_at', 'model_id', 'mode', 'x_m', 'y_m', 'heading_rad', 'speed_mps', 'acceleration_mps2',
  'yaw_rate_rad_ps', 'position_sigma_m', 'hitch_angles_rad', 'route_id', 'route_s_m', 'released_to_s_m', 'stopped', 'lease_alive', 'epoch', 'command_sequence',
  'errors', 'objects_json', 'match_json',
];

/** What is read back, in the order of `frameColumns`; instants as milliseconds. */
export const selectedFrameColumns = frameColumns.map((column) => (column.endsWith('_at') ? `toUnixTimestamp64Milli(${column})` : column)).join(', ');

/** Values in the order of `frameColumns`. */
export function toRow(frame: Frame): readonly unknown[] {
  return [
    frame.vehicleId, frame.bootId, frame.sequence, frame.observedAtMs, frame.receivedAtMs, frame.modelId, frame.mode, frame.xM, frame.yM, frame.headingRad,
    frame.speedMps, frame.accelerationMps2, frame.yawRateRadPs, frame.positionSigmaM, frame.hitchAnglesRad, frame.routeId, frame.routeSM, frame.releasedToSM,
    frame.stopped, frame.leaseAlive, frame.epoch, frame.commandSequence, frame.errors, JSON.stringify(frame.objects), JSON.stringify(frame.match),
  ];
}

/** The row's values have passed `toRow` once: they are what the store keeps of a checked frame. 64-bit integers come back as text or number. */
export function fromRow(row: readonly unknown[]): Frame {
  const text = (i: number) => row[i] as string;
  const number = (i: number) => Number(row[i]);
  return {
    vehicleId: text(0), bootId: number(1), sequence: number(2), observedAtMs: number(3), receivedAtMs: number(4), modelId: text(5), mode: text(6) as Frame['mode'],
    xM: number(7), yM: number(8), headingRad: number(9), speedMps: number(10), accelerationMps2: number(11), yawRateRadPs: number(12), positionSigmaM: number(13),
    hitchAnglesRad: row[14] as number[], routeId: text(15), routeSM: number(16), releasedToSM: number(17), stopped: row[18] as boolean, leaseAlive: row[19] as boolean,
    epoch: number(20), commandSequence: number(21), errors: row[22] as string[], objects: JSON.parse(text(23)) as Frame['objects'],
    match: JSON.parse(text(24)) as Frame['match'],
  };
}
