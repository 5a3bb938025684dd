// Proves that the rules on what may import what, and on pure kernels, bite: each snippet below is linted with the project's own configuration as if it stood
// in a file of the package that it names. A rule that silently stopped working (no project graph, a missing tag, a changed pattern) makes this fail.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.env.NX_DAEMON = 'false';
// With CI set the type-checked linter takes it that files are linted once, as they are on disk; here each is linted many times with other contents.
process.env.TSESTREE_SINGLE_RUN = 'false';
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const require = createRequire(import.meta.url);

const boundary = '@nx/enforce-module-boundaries';
const kernel = 'libs/kernels/geometry/src/index.ts';
const protocol = 'libs/protocols/messages/src/index.ts';
const port = 'libs/ports/src/index.ts';
const adapter = 'libs/adapters/bus-memory/src/index.ts';
const platform = 'libs/nest-platform/src/index.ts';
const feature = 'libs/features/scheduling/src/index.ts';
const app = 'apps/gateway/src/index.ts';
const web = 'apps/console/src/main.tsx';
const kernelSpec = 'libs/kernels/geometry/src/cut-polyline.spec.ts';

/** `breaks` names the rule that must refuse the snippet; null where it must pass all of the rules named here. */
const cases = [
  ['a kernel imports Nest', kernel, `import { Injectable } from '@nestjs/common'; export const x = Injectable;`, boundary],
  ['a kernel imports a type of Nest', kernel, `import type { Type } from '@nestjs/common'; export type X = Type;`, boundary],
  ['a kernel imports a library that is not on its list', kernel, `import { z } from 'zod'; export const x = z;`, boundary],
  ['a kernel imports a protocol', kernel, `import { frames } from '@quaymaster/messages'; export const x = frames;`, boundary],
  ['a kernel imports a port', kernel, `import { Clock } from '@quaymaster/ports'; export const x = Clock;`, boundary],
  ['a kernel imports node:fs', kernel, `import { readFileSync } from 'node:fs'; export const x = readFileSync;`, 'no-restricted-imports'],
  ['a kernel imports path without its prefix', kernel, `import { join } from 'path'; export const x = join;`, 'no-restricted-imports'],
  ['a kernel asks the time', kernel, 'export const x = Date.now();', 'no-restricted-globals'],
  ['a kernel reads the environment', kernel, `export const x = process.env['HOME'];`, 'no-restricted-globals'],
  ['a kernel sets a timer', kernel, 'export const x = setTimeout(() => undefined, 1);', 'no-restricted-globals'],
  ['a kernel uses Buffer', kernel, `export const x = Buffer.from('x');`, 'no-restricted-globals'],
  ['a kernel prints', kernel, `console.log('x'); export const x = 1;`, 'no-restricted-globals'],
  ['a kernel throws dice', kernel, 'export const x = Math.random();', 'no-restricted-properties'],
  ['a protocol imports a port', protocol, `import { Clock } from '@quaymaster/ports'; export const x = Clock;`, boundary],
  ['a protocol imports Nest', protocol, `import { Injectable } from '@nestjs/common'; export const x = Injectable;`, boundary],
  ['a port imports an adapter', port, `import { InMemoryBus } from '@quaymaster/bus-memory'; export const x = InMemoryBus;`, boundary],
  ['a port imports a library', port, `import { z } from 'zod'; export const x = z;`, boundary],
  ['an adapter imports a feature', adapter, `import { SchedulingModule } from '@quaymaster/feature-scheduling'; export const x = SchedulingModule;`, boundary],
  ['an adapter imports another adapter', adapter, `import { SystemClock } from '@quaymaster/clock'; export const x = SystemClock;`, boundary],
  ['the service platform imports a feature', platform, `import { SchedulingModule } from '@quaymaster/feature-scheduling'; export const x = SchedulingModule;`, boundary],
  ['the service platform imports an adapter', platform, `import { InMemoryBus } from '@quaymaster/bus-memory'; export const x = InMemoryBus;`, boundary],
  ['a feature imports another feature', feature, `import { DispatchModule } from '@quaymaster/feature-dispatch'; export const x = DispatchModule;`, boundary],
  ['a feature imports an adapter', feature, `import { InMemoryBus } from '@quaymaster/bus-memory'; export const x = InMemoryBus;`, boundary],
  ['a feature imports a type of an adapter', feature, `import type { InMemoryBus } from '@quaymaster/bus-memory'; export type X = InMemoryBus;`, boundary],
  ['a feature imports a back end\'s client', feature, `import { createClient } from '@clickhouse/client'; export const x = createClient;`, boundary],
  ['a feature imports an adapter when it needs it', feature, `export const x = () => import('@quaymaster/bus-memory');`, boundary],
  ['an app imports another app', app, `import { x as y } from '@quaymaster/app-standalone'; export const x = y;`, boundary],
  ['a package reaches into another one by path', feature, `import { InMemoryBus } from '../../../adapters/bus-memory/src/in-memory-bus'; export const x = InMemoryBus;`, boundary],
  ['the console imports what needs Node', web, `import { Clock } from '@quaymaster/ports'; export const x = Clock;`, boundary],
  ['a service prints', feature, `console.log('x'); export const x = 1;`, 'no-console'],
  ['a test runs alone', kernelSpec, `it.only('x', () => undefined);`, 'no-restricted-properties'],
  ['a test is skipped', kernelSpec, `describe.skip('x', () => undefined);`, 'no-restricted-properties'],
  ['a kernel imports a kernel', 'libs/kernels/virtual-map/src/index.ts', `import { createPolyline } from '@quaymaster/geometry'; export const x = createPolyline;`, null],
  ['a feature imports ports, protocols and kernels', feature, `import { Clock } from '@quaymaster/ports'; import { frames } from '@quaymaster/messages'; import { createPolyline } from '@quaymaster/geometry'; export const x = [Clock, frames, createPolyline];`, null],
  ['an app imports an adapter and a feature', 'apps/standalone/src/index.ts', `import { InMemoryBus } from '@quaymaster/bus-memory'; import { SchedulingModule } from '@quaymaster/feature-scheduling'; export const x = [InMemoryBus, SchedulingModule];`, null],
].map(([name, file, code, breaks]) => ({ name, file, code, breaks }));

// Without a project graph the boundary rule skips itself and lint passes.
const projects = execFileSync(process.execPath, [require.resolve('nx/bin/nx.js'), 'show', 'projects'], { encoding: 'utf8', env: { ...process.env, NX_DAEMON: 'false' } }).trim().split('\n');
if (projects.length < 10) {
  console.error(`nx knows ${projects.length} projects: the workspace is not set up`);
  process.exit(1);
}

const { ESLint } = await import('eslint');
const eslint = new ESLint({ cwd: root });
const rules = new Set([...cases.map(({ breaks }) => breaks), boundary]);
let good = 0;
for (const { name, file, code, breaks } of cases) {
  // A file that is really there: rules that need types know no others.
  if (!existsSync(join(root, file))) {
    console.error(`not ok  ${name}: ${file} is not there any more; point the case at another file of its package`);
    continue;
  }
  const [result] = await eslint.lintText(`${code}\n`, { filePath: join(root, file) });
  const broken = result?.messages.filter(({ ruleId, fatal }) => fatal === true || rules.has(ruleId)) ?? [{ ruleId: 'nothing was linted' }];
  const isAsExpected = breaks === null ? broken.length === 0 : broken.some(({ ruleId }) => ruleId === breaks);
  if (isAsExpected) good += 1;
  const found = broken.map(({ ruleId, message }) => `${ruleId ?? 'fatal'}: ${message ?? ''}`).join('; ');
  console.log(`${isAsExpected ? 'ok      ' : 'not ok  '}${name}: ${breaks === null ? 'passes' : `refused by ${breaks}`}${isAsExpected ? '' : ` expected, found ${found === '' ? 'nothing' : found}`}`);
}
console.log(`canary: ${good} of ${cases.length}`);
process.exit(good === cases.length ? 0 : 1);
