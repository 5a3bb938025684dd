import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PGlite } from '@electric-sql/pglite' with { 'resolution-mode': 'import' };

/** Opens the embedded engine in a folder, or in memory when there is none. */
export async function openPglite(dataDir: string | undefined): Promise<PGlite> {
  const { PGlite: Engine, types } = await import('@electric-sql/pglite');
  // The same JavaScript types as `pg` gives.
  const parsers = { [types.INT8]: asText, [types.NUMERIC]: asText, [types.DATE]: asText };
  if (dataDir === undefined) return Engine.create({ parsers });
  mkdirSync(dataDir, { recursive: true });
  if (!existsSync(join(dataDir, 'PG_VERSION'))) await initialise(dataDir);
  return Engine.create({ dataDir, parsers });
}

function asText(value: string): string {
  return value;
}

/** The first start of a database takes half a gigabyte more than running it; a thread that ends gives it back. */
function initialise(dataDir: string): Promise<void> {
  const source = `
    const { workerData } = require('node:worker_threads');
    import(workerData.module).then(({ PGlite }) => PGlite.create({ dataDir: workerData.dataDir })).then((db) => db.close()).catch((error) => { throw error; });
  `;
  return new Promise((resolve, reject) => {
    const worker = new Worker(source, { eval: true, workerData: { module: require.resolve('@electric-sql/pglite'), dataDir } });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the embedded database could not be set up in ${dataDir} (exit ${code})`));
    });
  });
}
