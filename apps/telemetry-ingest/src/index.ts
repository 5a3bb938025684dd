export { TelemetryIngestApp } from './telemetry-ingest-app.module';
