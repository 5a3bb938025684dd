// Leaves of the workspace what runs: manifests, `dist` and `bin`. Called in the build stage, from the repository's root, after the build.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const kept = new Set(['package.json', 'dist', 'bin']);
const { workspaces } = JSON.parse(readFileSync('package.json', 'utf8'));
const packages = workspaces.flatMap((pattern) => {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  return readdirSync(parent).map((name) => `${parent}/${name}`);
});
for (const dir of packages) {
  for (const name of readdirSync(dir)) {
    if (!kept.has(name)) rmSync(join(dir, name), { recursive: true });
  }
}
