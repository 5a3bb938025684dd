export { FrameGate } from './frame-gate';
export type { FrameRefusal } from './frame-gate';
export { IngestConfig, ingestConfigSchema } from './ingest.config';
export { IngestCounters } from './ingest-counters';
export { IngestModule } from './ingest.module';
export type { IngestOptions } from './ingest.module';
