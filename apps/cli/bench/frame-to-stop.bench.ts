import { cpus } from 'node:os';
import { openEmbeddedLoadSite, HOST_WORD, hostEmbedded } from './embedded-load-site';
import { pavedGround } from './load-ground';
import { type LoadResult, MOST_PROBES, runLoad } from './load-run';
import { UsageError } from '../src/usage-error';
import { openSeparateLoadSite } from './separate-load-site';

/**
 * A frame at the broker to a stop command at the broker, for fleets that report ten times a second: every service in two processes of its own on real servers
 * (`npm run services -- up`), and the whole control plane in one process, in the same run. What is put in a vehicle's way appears with its first report.
 * `QM_BENCH_VEHICLES`, e.g. `25,100,250`, and `QM_BENCH_PROBES`, at most 180, say how many; `QM_BENCH_SITES` chooses one of the two, `embedded` or `separate`.
 */
const VEHICLES = (process.env['QM_BENCH_VEHICLES'] ?? '25,100,250').split(',').map(Number);
const PROBES = Math.min(MOST_PROBES, Number(process.env['QM_BENCH_PROBES'] ?? 120));
const PROBES_PER_S = 4;

const openers = { embedded: openEmbeddedLoadSite, separate: openSeparateLoadSite } as const;

function quantile(ascending: readonly number[], share: number): string {
  if (ascending.length === 0) return '-';
  return ascending[Math.min(ascending.length - 1, Math.ceil(share * ascending.length) - 1)]!.toFixed(1);
}

function print(name: string, vehicles: number, result: LoadResult): void {
  const { stopMs, missing, sentPerS, acceptedPerS, coalescedPerS, refused, roles, generatorCores, otherCores } = result;
  console.log(
    `${name}, ${vehicles} vehicles: ${sentPerS.toFixed(0)} frames/s sent, ${acceptedPerS.toFixed(0)} accepted, ${coalescedPerS.toFixed(0)} gave way to newer ones, ${refused} refused;`
    + ` stop after ${quantile(stopMs, 0.5)} ms median, ${quantile(stopMs, 0.99)} ms p99, ${quantile(stopMs, 1)} ms at most, of ${stopMs.length}; ${missing} missing`,
  );
  for (const { role, instances, cores, residentBytes } of roles) {
    const perCore = cores > 0 ? (acceptedPerS / cores).toFixed(0) : '-';
    const perThousand = ((cores * 10_000) / acceptedPerS).toFixed(2);
    console.log(`  ${role} x ${instances}: ${cores.toFixed(2)} cores, ${perCore} frames/s per core, ${perThousand} cores per 1,000 vehicles, ${(residentBytes / 1e6).toFixed(0)} MB`);
  }
  console.log(`  load generator ${generatorCores.toFixed(2)} cores, servers and the rest of the machine ${otherCores.toFixed(2)} of ${cpus().length}`);
}

async function main(): Promise<void> {
  const names = (process.env['QM_BENCH_SITES'] ?? 'embedded,separate').split(',') as (keyof typeof openers)[];
  for (const vehicles of VEHICLES) {
    for (const name of names) {
      try {
        const site = await openers[name](pavedGround());
        print(name, vehicles, await runLoad({ site, vehicles, probes: PROBES, probesPerS: PROBES_PER_S }));
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        console.log(`${name}, ${vehicles} vehicles: not measured: ${error.message}`);
      }
    }
  }
}

(process.argv[2] === HOST_WORD ? hostEmbedded() : main()).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
