import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageFault } from './settings.mjs';

const FILE = 'deploy/docker/Dockerfile';

/** Instructions of a Dockerfile with their arguments, continued lines joined, comments left out. */
export function instructionsOf(text) {
  const joined = text.split('\n').filter((line) => !/^\s*#/.test(line)).join('\n').replace(/\\\n/g, ' ');
  return joined.split('\n').map((line) => /^\s*([A-Za-z]+)\s+(.*)$/.exec(line)).filter((match) => match !== null).map(([, word, rest]) => ({ word: word.toUpperCase(), rest: rest.trim() }));
}

/** Rules that the image must keep. `has` says whether a path is in the repository. */
export function dockerfileFaults(text, has) {
  const faults = [];
  const all = instructionsOf(text);
  const stageNames = new Set();
  for (const { word, rest } of all) {
    if (word === 'FROM') {
      const [, image, , name] = /^(?:--platform=\S+\s+)?(\S+)(\s+AS\s+(\S+))?/i.exec(rest);
      if (!stageNames.has(image) && imageFault(image) !== null) faults.push(imageFault(image));
      if (name !== undefined) stageNames.add(name);
    }
    if (word === 'ADD') faults.push('ADD fetches and unpacks by itself; COPY does what it says');
    if (/(curl|wget)\s.*https?:/.test(rest)) faults.push(`${word} fetches from the net what no lockfile fixes`);
    if ((word === 'ARG' || word === 'ENV') && /(PASSWORD|TOKEN|SECRET|_KEY)\b/i.test(rest)) faults.push(`${word} ${rest.split(/[=\s]/)[0]} would be written into the image`);
    if (word === 'RUN' && /\bnpm (install|i)\b/.test(rest)) faults.push('npm install takes what is newest; npm ci takes what the lockfile says');
    if (word === 'RUN' && /\bnpm ci\b/.test(rest) && !rest.includes('--ignore-scripts')) faults.push('npm ci would run install scripts of packages');
    if (word === 'COPY' && !rest.includes('--from=')) {
      for (const source of rest.split(/\s+/).filter((part) => !part.startsWith('--')).slice(0, -1)) if (!has(source)) faults.push(`COPY ${source}: there is no such path`);
    }
  }
  if (all.filter(({ word }) => word === 'FROM').length < 2) faults.push('one stage only: the tools of the build would be in the image');
  if (!all.some(({ word, rest }) => word === 'RUN' && /\bnpm ci\b/.test(rest))) faults.push('dependencies do not come from the lockfile (npm ci)');
  if (!all.some(({ word, rest }) => word === 'RUN' && /\bnpm prune\b.*--omit=dev/.test(rest))) faults.push('development dependencies stay in the image');
  const last = all.slice(all.findLastIndex(({ word }) => word === 'FROM'));
  const user = last.findLast(({ word }) => word === 'USER')?.rest;
  if (user === undefined || !/^[1-9]\d*(:[1-9]\d*)?$/.test(user)) faults.push(`USER ${user ?? '(none)'} is not a number above 0`);
  const health = last.findLast(({ word }) => word === 'HEALTHCHECK')?.rest;
  if (health === undefined || /\bNONE\b/.test(health)) faults.push('there is no HEALTHCHECK');
  else if (!/CMD \["node",/.test(health)) faults.push('HEALTHCHECK does not use node, the only program that is there for sure');
  const entry = last.findLast(({ word }) => word === 'ENTRYPOINT')?.rest;
  if (entry === undefined || !entry.startsWith('[')) faults.push('ENTRYPOINT is not in exec form: a shell would stand between the engine and the process, and keep signals to itself');
  if (!last.some(({ word, rest }) => word === 'LABEL' && rest.includes('org.opencontainers.image.'))) faults.push('the image has no labels');
  return faults;
}

/** What a context that lets everything in would bring along. */
function ignoreFaults(text) {
  const rules = text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const faults = [];
  if (rules[0] !== '*') faults.push('.dockerignore does not begin by leaving everything out');
  for (const rule of ['**/node_modules', '**/dist', '**/.env*']) if (!rules.includes(rule)) faults.push(`.dockerignore lets ${rule} in`);
  return faults;
}

const replaced = (text, from, to) => {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${from} is not in it`);
  return changed;
};

export const dockerfile = {
  name: 'dockerfile',
  artefacts: ({ root }) => [
    { name: FILE, value: { kind: 'dockerfile', text: readFileSync(join(root, FILE), 'utf8') } },
    { name: '.dockerignore', value: { kind: 'ignore', text: readFileSync(join(root, '.dockerignore'), 'utf8') } },
  ],
  faults: ({ kind, text }, { root }) => (kind === 'ignore' ? ignoreFaults(text) : dockerfileFaults(text, (path) => existsSync(join(root, path)))),
  negatives: [
    ['runs as root', /^USER .*$/m, 'USER root', /USER root/],
    ['has no health check', /^HEALTHCHECK .*$/m, '', /no HEALTHCHECK/],
    ['asks curl for its health', /^HEALTHCHECK .*$/m, 'HEALTHCHECK CMD curl -f http://127.0.0.1:8080/live', /does not use node/],
    ['builds on a moving tag', /node:20\.20\.2-bookworm-slim\S* AS runtime/, 'node:20 AS runtime', /node:20 is not pinned/],
    ['builds on latest', /node:20\.20\.2-bookworm-slim\S* AS runtime/, 'node:latest AS runtime', /node:latest is not pinned/],
    ['adds from the net', /^WORKDIR \/app$/m, 'WORKDIR /app\nADD https://example.com/tool /usr/bin/tool', /ADD fetches/],
    ['keeps a secret in ARG', /^ARG VERSION.*$/m, 'ARG NPM_TOKEN', /NPM_TOKEN would be written/],
    ['keeps a secret in ENV', /^ENV NODE_ENV=production/m, 'ENV QM_POSTGRES_PASSWORD=x NODE_ENV=production', /would be written/],
    ['installs without the lockfile', /npm ci/, 'npm install', /npm install takes/],
    ['keeps development dependencies', /npm prune --omit=dev/, 'npm prune', /development dependencies stay/],
    ['starts through a shell', /^ENTRYPOINT .*$/m, 'ENTRYPOINT node apps/cli/bin/quaymaster.js', /not in exec form/],
  ].map(([name, from, to, says]) => ({ name, of: FILE, says, spoil: (value) => ({ ...value, text: replaced(value.text, from, to) }) })).concat([
    { name: 'context lets everything in', of: '.dockerignore', says: /leaving everything out/, spoil: (value) => ({ ...value, text: replaced(value.text, /^\*$/m, '') }) },
  ]),
};
