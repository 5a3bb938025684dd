export { firstStartToken } from './first-start-token';
export { compileOpenDrive, MapRefusedError, openSiteMap } from './site-map';
export { Standalone } from './standalone';
export type { StandaloneOptions } from './standalone';
export { readStandaloneConfig } from './standalone.config';
export type { Environment, StandaloneConfig } from './standalone.config';
