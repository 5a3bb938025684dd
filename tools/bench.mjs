// Runs every benchmark of the repository (`*.bench.ts`), or those whose path contains the given words, one process each.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const words = process.argv.slice(2);

function* benches(dir) {
  if (!existsSync(dir)) return;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue;
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* benches(path);
    else if (entry.name.endsWith('.bench.ts')) yield path;
  }
}

const chosen = ['libs', 'apps', 'benchmarks'].flatMap((dir) => [...benches(join(root, dir))]).filter((path) => words.every((word) => path.includes(word)));
if (chosen.length === 0) {
  console.error(`no benchmark matches ${words.join(' ')}`);
  process.exit(2);
}
/** The package that a file belongs to. */
function packageOf(path) {
  for (let dir = dirname(path); ; dir = dirname(dir)) if (existsSync(join(dir, 'package.json'))) return dir;
}

let failed = 0;
for (const path of chosen) {
  console.log(`\n# ${relative(root, path)}`);
  // Bundled against the packages' builds, which are what runs in production, and laid beside its own package's: what it finds by its place is found there.
  const outfile = join(packageOf(path), 'dist', 'bench', `${basename(path, '.ts')}.cjs`);
  await build({ entryPoints: [path], outfile, bundle: true, platform: 'node', format: 'cjs', packages: 'external', logLevel: 'error', tsconfigRaw: { compilerOptions: { experimentalDecorators: true } } });
  const { status } = spawnSync(process.execPath, ['--expose-gc', outfile], { stdio: 'inherit', cwd: root, env: { ...process.env, NODE_PATH: join(root, 'node_modules') } });
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
