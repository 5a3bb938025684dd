import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian keeps servers out of an ordinary user's PATH. */
const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

/** A server's program is not there. `install` is the command that brings it. */
export class MissingToolError extends Error {
  constructor(tool, install) {
    super(`${tool} is missing; install it: ${install}`);
    this.tool = tool;
    this.install = install;
  }
}

/** Absolute path of a program, or null. `folders` are looked through before PATH. */
export function lookUp(tool, folders = []) {
  for (const folder of [...folders, ...(process.env.PATH ?? '').split(delimiter), ...SERVER_FOLDERS]) {
    const path = join(folder, tool);
    try {
      accessSync(path, constants.X_OK);
      if (folder !== '' && statSync(path).isFile()) return path;
    } catch { /* not here */ }
  }
  return null;
}

/** @throws MissingToolError */
export function findTool(tool, install, folders = []) {
  const path = lookUp(tool, folders);
  if (path === null) throw new MissingToolError(tool, install);
  return path;
}

/** The installing command of a Debian package. */
export const apt = (...packages) => `${process.getuid?.() === 0 ? '' : 'sudo '}apt-get install -y --no-install-recommends ${packages.join(' ')}`;
