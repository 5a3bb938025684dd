// Compiles every package of the workspace to its `dist` (CommonJS) and bundles the console. One process: the whole build takes a few seconds.
import { createRequire } from 'node:module';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, copyFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const { transformFile } = require('@swc/core');
const swcOptions = { ...JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8')), swcrc: false, configFile: false };

const packages = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).workspaces.flatMap((pattern) => {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
}).filter((dir) => existsSync(join(root, dir, 'package.json')));

function* files(dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

const jobs = [];
for (const pkg of packages) {
  if (pkg === 'apps/console') continue;
  const src = join(root, pkg, 'src');
  if (!existsSync(src)) continue;
  const dist = join(root, pkg, 'dist');
  const wanted = new Set();
  for (const file of files(src)) {
    if (/\.(spec|bench)\.ts$/.test(file)) continue;
    const target = join(dist, relative(src, file));
    if (!file.endsWith('.ts') || file.endsWith('.d.ts')) {
      if (file.endsWith('.d.ts')) continue;
      wanted.add(target);
      jobs.push(async () => { mkdirSync(dirname(target), { recursive: true }); copyFileSync(file, target); });
      continue;
    }
    const out = target.replace(/\.ts$/, '.js');
    wanted.add(out).add(`${out}.map`);
    if (existsSync(out) && statSync(out).mtimeMs > statSync(file).mtimeMs && !process.argv.includes('--force')) continue;
    jobs.push(async () => {
      const { code, map } = await transformFile(file, { ...swcOptions, filename: file });
      mkdirSync(dirname(out), { recursive: true });
      writeFileSync(`${out}.map`, map ?? '');
      writeFileSync(out, `${code}\n//# sourceMappingURL=${out.split('/').at(-1)}.map\n`);
    });
  }
  if (existsSync(dist)) for (const file of files(dist)) if (!wanted.has(file)) rmSync(file);
}
let next = 0;
await Promise.all(Array.from({ length: 8 }, async () => { while (next < jobs.length) await jobs[next++](); }));

const consoleEntry = join(root, 'apps/console/src/main.tsx');
if (existsSync(consoleEntry)) {
  const { build } = require('esbuild');
  const dist = join(root, 'apps/console/dist');
  rmSync(dist, { recursive: true, force: true });
  await build({
    entryPoints: [consoleEntry], outdir: dist, bundle: true, minify: true, sourcemap: true, format: 'esm', target: 'es2022',
    jsx: 'automatic', jsxImportSource: 'preact', logLevel: 'error', entryNames: '[name]', loader: { '.svg': 'dataurl' },
  });
  for (const file of files(join(root, 'apps/console/public'))) {
    const target = join(dist, relative(join(root, 'apps/console/public'), file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
  }
}
