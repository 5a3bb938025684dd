export { readOpenDrive, type OpenDriveOptions, type OpenDriveResult } from './read-opendrive';
