// Writes the digest behind every image tag and the commit behind every action tag into the files that name them, where registries can be reached:
//
//   node tools/pin-digests.mjs            pins what is not pinned yet
//   node tools/pin-digests.mjs --refresh  also asks anew for what is pinned: a tag may have moved since
//   node tools/pin-digests.mjs --check    asks nobody, writes nothing; prints what is not pinned, ends with 1 if anything is
//
// The tag stays beside the digest, for people and for the next refresh. Exit status 0: everything is pinned. 1: something is not. 2: bad usage.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { referencesIn, withPins } from './check-deploy/pins.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const LIMIT_MS = 20_000;

/** What a registry may answer with when it is asked for an image: an index of architectures, or the one there is. */
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Where an image lives: `node:20` is short for `docker.io/library/node:20`. */
export function locationOf(image) {
  const [, name, tag] = /^(.+):([^:/]+)$/.exec(image);
  const [first, ...rest] = name.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const host = isHost ? first : 'docker.io';
  const path = isHost ? rest.join('/') : name;
  return { registry: host === 'docker.io' ? 'https://registry-1.docker.io' : `https://${host}`, repository: host === 'docker.io' && !path.includes('/') ? `library/${path}` : path, tag };
}

/**
 * Digest of what a tag names now, for all architectures at once. Public images only: it asks for a token without saying who it is.
 *
 * @throws Error with what the registry answered
 */
export async function digestOf({ registry, repository, tag }) {
  const url = `${registry}/v2/${repository}/manifests/${tag}`;
  const ask = (headers) => fetch(url, { method: 'HEAD', headers: { accept: MANIFESTS, ...headers }, signal: AbortSignal.timeout(LIMIT_MS) });
  let answer = await ask({});
  const challenge = answer.headers.get('www-authenticate') ?? '';
  if (answer.status === 401 && /^bearer /i.test(challenge)) {
    const fields = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
    const tokenUrl = new URL(fields.realm);
    if (fields.service !== undefined) tokenUrl.searchParams.set('service', fields.service);
    tokenUrl.searchParams.set('scope', fields.scope ?? `repository:${repository}:pull`);
    const granted = await fetch(tokenUrl, { signal: AbortSignal.timeout(LIMIT_MS) });
    if (!granted.ok) throw new Error(`${tokenUrl.host} answers ${granted.status}`);
    const { token, access_token: accessToken } = await granted.json();
    answer = await ask({ authorization: `Bearer ${token ?? accessToken}` });
  }
  const digest = answer.headers.get('docker-content-digest') ?? '';
  if (!answer.ok || !/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`${url} answers ${answer.status}${answer.ok ? ' without a digest' : ''}`);
  return digest;
}

/** Commit that a tag of a GitHub repository names, through the tag object where there is one. */
export async function commitOf(repository, tag) {
  const { stdout } = await promisify(execFile)('git', ['ls-remote', `https://github.com/${repository}`, `refs/tags/${tag}`, `refs/tags/${tag}^{}`], {
    timeout: LIMIT_MS, env: { ...process.env, GIT_TERMINAL_PROMPT: '0' },
  });
  const lines = stdout.trim().split('\n').filter((line) => line !== '').map((line) => line.split('\t'));
  const commit = (lines.find(([, ref]) => ref.endsWith('^{}')) ?? lines[0])?.[0];
  if (commit === undefined) throw new Error(`${repository} has no tag ${tag}`);
  return commit;
}

function* filesIn(dir) {
  for (const entry of readdirSync(join(root, dir), { withFileTypes: true })) {
    const path = `${dir}/${entry.name}`;
    if (entry.isDirectory()) yield* filesIn(path);
    else if (/\.ya?ml$|Dockerfile$/.test(entry.name)) yield path;
  }
}

async function main(args) {
  const [mode, ...more] = args;
  if (more.length > 0 || (mode !== undefined && !['--refresh', '--check'].includes(mode))) {
    console.error('usage: node tools/pin-digests.mjs [--refresh|--check]');
    return 2;
  }
  const texts = new Map(['.gitlab-ci.yml', ...filesIn('.github/workflows'), ...filesIn('deploy')].map((file) => [file, readFileSync(join(root, file), 'utf8')]));
  const wanted = new Map();
  for (const [file, text] of texts) {
    for (const reference of referencesIn(text)) {
      if (mode !== '--refresh' && reference.pin !== null) continue;
      const key = `${reference.kind} ${reference.name}`;
      wanted.set(key, { ...reference, files: [...(wanted.get(key)?.files ?? []), file] });
    }
  }
  let open = 0;
  const pins = new Map();
  for (const [key, { kind, name, files }] of wanted) {
    try {
      if (mode === '--check') throw new Error('not pinned');
      const pin = kind === 'image' ? await digestOf(locationOf(name)) : await commitOf(name.split('@')[0].split('/').slice(0, 2).join('/'), name.split('@')[1]);
      pins.set(key, pin);
      console.log(`${name} ${pin}`);
    } catch (error) {
      open += 1;
      console.error(`${name} (${[...new Set(files)].join(', ')}): ${error.cause?.code ?? error.message}`);
    }
  }
  for (const [file, text] of texts) {
    const pinned = withPins(text, pins);
    if (pinned !== text) writeFileSync(join(root, file), pinned);
  }
  return open === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = await main(process.argv.slice(2));
