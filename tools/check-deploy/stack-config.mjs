import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseYaml } from './read-yaml.mjs';

export const DOCKER = { tool: 'docker', install: 'apt-get install -y --no-install-recommends docker-cli (Debian 13), docker-ce-cli of Docker\'s own packages elsewhere; the client alone, 25 or newer' };

/** What has no default on purpose. */
export const VARIABLES = { QUAYMASTER_IMAGE: 'registry.example.com/quaymaster:0.1.0', NFS_ADDRESS: '192.0.2.5' };

/**
 * What `docker stack config` makes of a file: read, merged, interpolated, checked. Relative paths count from `dir`.
 *
 * @throws Error with what the client says
 */
export function stackConfig(root, dir, text, variables = VARIABLES) {
  const { status, stdout, stderr, error } = spawnSync('docker', ['stack', 'config', '--compose-file', '-'], {
    cwd: join(root, dir), input: text, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: process.env.HOME ?? '/', ...variables },
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(stderr);
  return parseYaml(stdout);
}
