#!/usr/bin/env node
'use strict';
// The in-process analytics engine runs its queries on libuv's threads; with the default of 4 they would hold up every file access. Set before the first use.
process.env.UV_THREADPOOL_SIZE ??= '16';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const entry = join(__dirname, '..', 'dist', 'index.js');
if (!existsSync(entry)) {
  process.stderr.write('quaymaster is not built yet: run `npm run build` in the repository root\n');
  process.exit(2);
}
require('reflect-metadata');
require(entry).main(process.argv.slice(2), process.env).then((code) => {
  process.exitCode = code;
  // Everything of ours is closed by now; what a library has left open must not keep the command from ending.
  setTimeout(() => { process.exit(code); }, 1000).unref();
});
