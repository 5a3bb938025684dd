import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Everything of one run: ports, process ids, passwords, data. `down` removes it whole. */
export const servicesDir = join(root, '.services');

/** What is fetched once and outlives every run. */
export const cacheDir = join(root, '.cache');
