// Writes libs/protocols/telemetry/src/generated from frame.proto: static code, no reflection at run time.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'libs/protocols/telemetry/src');
mkdirSync(join(source, 'generated'), { recursive: true });
const run = (tool, ...args) => execFileSync(process.execPath, [join(root, 'node_modules/protobufjs-cli/bin', tool), ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
run('pbjs', '--target', 'static-module', '--wrap', 'commonjs', '--force-number', '--no-create', '--no-verify', '--no-convert', '--no-delimited', '--no-typeurl', '--no-service', '-o', join(source, 'generated/frame.js'), join(source, 'frame.proto'));
run('pbts', '-o', join(source, 'generated/frame.d.ts'), join(source, 'generated/frame.js'));
