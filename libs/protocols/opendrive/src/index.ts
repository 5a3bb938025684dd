export { readOpenDrive, type OpenDriveOptions, type OpenDriveResult } from './read-opendrive';
export { countOpenDrive } from './count-opendrive';
export type { OpenDriveTotals } from './count-opendrive';
export { severityOf } from './severity';
