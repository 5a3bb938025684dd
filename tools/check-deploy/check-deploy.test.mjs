import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { digestOf, locationOf } from '../pin-digests.mjs';
import { referencesIn, withPins } from './pins.mjs';
import { runValidators } from './run-validators.mjs';
import { heapFault, imageFault, knownKeys, parseBytes, settingsFaults } from './settings.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const folders = [];
const folder = () => { folders.push(mkdtempSync(join(tmpdir(), 'check-deploy-test-'))); return folders.at(-1); };
after(() => { for (const dir of folders) rmSync(dir, { recursive: true, force: true }); });

/** A folder whose programs come before all others. Each appends its arguments to `calls` and goes on as `body` says. */
function programs(bodies) {
  const dir = folder();
  const calls = join(dir, 'calls');
  writeFileSync(calls, '');
  for (const [name, body] of Object.entries(bodies)) {
    writeFileSync(join(dir, name), `#!/bin/sh\necho "${name} $*" >> "${calls}"\n${body}\n`);
    chmodSync(join(dir, name), 0o755);
  }
  return { path: `${dir}:${process.env.PATH}`, calls: () => readFileSync(calls, 'utf8').trim().split('\n') };
}
const sh = (file, args, env) => spawnSync('sh', [file, ...args], { encoding: 'utf8', timeout: 30_000, env: { HOME: tmpdir(), POLL_S: '1', ...env } });

describe('the run of validators', () => {
  const run = async (validator, context = {}) => {
    const lines = [];
    const plain = { name: 'v', artefacts: () => [{ name: 'a', value: 1 }], faults: (value) => (value === 1 ? [] : ['not one']), negatives: [] };
    const count = await runValidators([{ ...plain, ...validator }], { requiresData: false, ...context }, (line) => { lines.push(line); });
    return { count, lines };
  };
  const negative = (spoil, says) => ({ name: 'two', of: 'a', spoil, says });

  it('passes when the artefact is right and the spoilt one is refused', async () => {
    assert.deepEqual((await run({ negatives: [negative(() => 2, /not one/)] })).lines, ['v a ok', 'v negative:two ok refused: not one']);
  });
  it('fails when the spoilt one is accepted', async () => {
    assert.equal((await run({ negatives: [negative(() => 1, /not one/)] })).count.FAILED, 1);
  });
  it('fails when the spoilt one is refused for another reason', async () => {
    assert.equal((await run({ negatives: [negative(() => 2, /not two/)] })).count.FAILED, 1);
  });
  it('fails when the spoilt one cannot be made', async () => {
    assert.equal((await run({ negatives: [negative(() => { throw new Error('gone'); }, /not one/)] })).count.FAILED, 1);
  });
  it('fails without a negative, and without anything to judge', async () => {
    assert.equal((await run({})).count.FAILED, 1);
    assert.equal((await run({ artefacts: () => [] })).count.FAILED, 1);
  });
  it('says how to install what is missing', async () => {
    const findTool = () => { throw new Error('x is missing; install it: apt-get install x'); };
    assert.deepEqual((await run({ tools: [{ tool: 'x', install: '' }] }, { findTool })).lines, ['v - FAILED x is missing; install it: apt-get install x']);
  });
  it('skips by name what needs schemas that are not there, and fails where they are required', async () => {
    assert.equal((await run({ needsData: true })).count.skipped, 1);
    assert.equal((await run({ needsData: true }, { requiresData: true })).count.FAILED, 1);
  });
});

describe('settings', () => {
  it('take V8 to 60 to 70 % of the memory and nowhere else', () => {
    assert.equal(heapFault('--max-old-space-size=640', 2 ** 30), null);
    for (const options of ['--max-old-space-size=1024', '--max-old-space-size=512', '', undefined]) assert.notEqual(heapFault(options, 2 ** 30), null);
  });
  it('read memory as engines write it', () => {
    assert.deepEqual(['512m', '1G', '1Gi', '536870912', 'x'].map(parseBytes), [2 ** 29, 2 ** 30, 2 ** 30, 2 ** 29, Number.NaN]);
  });
  it('ask for exact versions of images', () => {
    for (const image of ['node:20.20.2-bookworm-slim', 'postgres:17.6-bookworm', 'clickhouse/clickhouse-server:25.8.26.11', `x@sha256:${'0'.repeat(64)}`]) assert.equal(imageFault(image), null);
    for (const image of ['node', 'node:20', 'node:20-slim', 'node:latest', 'registry:5000/x', undefined]) assert.notEqual(imageFault(image), null);
  });
  it('know the keys of the features and their files', () => {
    const known = knownKeys(root);
    for (const key of ['QM_COLLISION_HORIZON_S', 'QM_POSTGRES_PASSWORD_FILE', 'QM_KAFKA_BROKERS']) assert.ok(known.has(key), key);
    assert.ok(!known.has('QM_COLLISION_HORIZON_S_FILE'));
    assert.match(settingsFaults(undefined, { QM_REDIS_PASSWORD: 'x' }, known).join(), /secret into the environment/);
  });
});

describe('pins', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const other = `sha256:${'b'.repeat(64)}`;
  const commit = 'c'.repeat(40);
  const pins = new Map([['image node:20.20.2-bookworm-slim', digest], ['image docker:28.2.2-dind', digest], ['action actions/checkout@v4.2.2', commit], ['action a/b/c@v1.0.0', commit]]);

  it('go beside the tag, in every place that names an image', () => {
    for (const [before, behind] of [
      ['FROM --platform=$BUILDPLATFORM node:20.20.2-bookworm-slim AS build', `FROM --platform=$BUILDPLATFORM node:20.20.2-bookworm-slim@${digest} AS build`],
      ['  image: node:20.20.2-bookworm-slim\n', `  image: node:20.20.2-bookworm-slim@${digest}\n`],
      ['  - {name: "docker:28.2.2-dind", alias: docker}', `  - {name: "docker:28.2.2-dind@${digest}", alias: docker}`],
      [`image: node:20.20.2-bookworm-slim@${other} # why`, `image: node:20.20.2-bookworm-slim@${digest} # why`],
    ]) assert.equal(withPins(before, pins), behind);
  });
  it('put the commit of an action where its tag was, and the tag behind it', () => {
    assert.equal(withPins('- uses: actions/checkout@v4.2.2\n  with: {x: 1}', pins), `- uses: actions/checkout@${commit} # v4.2.2\n  with: {x: 1}`);
    assert.equal(withPins('- uses: a/b/c@v1.0.0', pins), `- uses: a/b/c@${commit} # v1.0.0`);
    assert.equal(withPins(`- uses: actions/checkout@${'d'.repeat(40)} # v4.2.2`, pins), `- uses: actions/checkout@${commit} # v4.2.2`);
  });
  it('leave alone what they do not know, our own image, variables, and commits without a tag', () => {
    for (const text of [
      'image: redis:7.4.5', 'image: registry.example.com/quaymaster:0.1.0', 'image: ${QUAYMASTER_IMAGE:-quaymaster:0.1.0}',
      `uses: x/y@${'d'.repeat(40)}`, 'FROM build AS next', 'uses: ./.github/workflows/ci.yml',
    ]) assert.equal(withPins(text, pins), text);
    assert.deepEqual(referencesIn('image: ${X:-quaymaster:0.1.0}\nimage: registry.example.com/quaymaster:0.1.0\nFROM build AS next\n'), []);
  });
  it('are the same the second time', () => {
    const once = withPins('FROM node:20.20.2-bookworm-slim\nuses: actions/checkout@v4.2.2\n', pins);
    assert.equal(withPins(once, pins), once);
    assert.deepEqual(referencesIn(once).map(({ pin }) => pin), [digest, commit]);
  });
  it('are asked for where an image lives', () => {
    assert.deepEqual(locationOf('node:20.20.2'), { registry: 'https://registry-1.docker.io', repository: 'library/node', tag: '20.20.2' });
    assert.deepEqual(locationOf('apache/kafka:3.9.1'), { registry: 'https://registry-1.docker.io', repository: 'apache/kafka', tag: '3.9.1' });
    assert.deepEqual(locationOf('registry.example.com:5000/a/b:1'), { registry: 'https://registry.example.com:5000', repository: 'a/b', tag: '1' });
  });
  it('come from a registry that wants a token, and not from one that refuses', async () => {
    const server = http.createServer((request, response) => {
      const url = `http://127.0.0.1:${server.address().port}`;
      if (request.url.startsWith('/token')) { response.end(JSON.stringify({ token: request.url.includes('repository%3Aa%2Fb%3Apull') ? 't' : 'wrong' })); return; }
      if (request.headers.authorization !== 'Bearer t') { response.writeHead(401, { 'www-authenticate': `Bearer realm="${url}/token",service="s",scope="repository:a/b:pull"` }).end(); return; }
      response.writeHead(request.url === '/v2/a/b/manifests/1.0.0' ? 200 : 404, { 'docker-content-digest': digest }).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const registry = `http://127.0.0.1:${server.address().port}`;
    assert.equal(await digestOf({ registry, repository: 'a/b', tag: '1.0.0' }), digest);
    await assert.rejects(digestOf({ registry, repository: 'a/b', tag: '2.0.0' }), /answers 404/);
    server.closeAllConnections();
    server.close();
  });
});

describe('the health of a container', () => {
  it('is readiness until it has been ready once, and life from then on', async () => {
    const answers = { '/ready': 503, '/live': 200 };
    const server = http.createServer((request, response) => { response.writeHead(answers[request.url]).end(); });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const env = { PATH: process.env.PATH, QM_HTTP_PORT: String(server.address().port), TMPDIR: folder() };
    const isHealthy = () => new Promise((resolve) => { execFile(process.execPath, [join(root, 'deploy/docker/healthcheck.mjs')], { env }, (error) => { resolve(error === null); }); });
    assert.equal(await isHealthy(), false);
    answers['/ready'] = 200;
    assert.equal(await isHealthy(), true);
    answers['/ready'] = 503;
    assert.equal(await isHealthy(), true);
    answers['/live'] = 500;
    assert.equal(await isHealthy(), false);
    server.close();
    server.closeAllConnections();
    assert.equal(await isHealthy(), false);
  });
});

describe('a release on a swarm', () => {
  const IMAGE = 'r/quaymaster:0.2.0';
  /** A docker client whose swarm has two services; `states` says what each runs after the release, `job` what became of the migrations. */
  const docker = (states, job = 'Complete 2 seconds ago') => programs({
    docker: `case "$*" in
      'stack services'*) printf 'q_gateway\\nq_dispatch\\nq_nginx\\n' ;;
      'service ps'*) echo '${job}' ;;
      'service inspect --format'*q_gateway) echo '${states.gateway}' ;;
      'service inspect --format'*q_dispatch) echo '${states.dispatch}' ;;
      'service inspect --format'*q_nginx) echo 'nginx:1 none' ;;
      'service inspect'*) exit 1 ;;
    esac`,
  });
  const deploy = ({ path }) => sh(join(root, 'deploy/swarm/deploy.sh'), [], { PATH: path, QUAYMASTER_IMAGE: IMAGE, NFS_ADDRESS: 'x', STACK: 'q', DEPLOY_LIMIT_S: '3' });

  it('is good when every service runs the image that was asked for', () => {
    const client = docker({ gateway: `${IMAGE}@sha256:1 completed`, dispatch: `${IMAGE} none` });
    assert.equal(deploy(client).status, 0);
    assert.ok(!client.calls().some((call) => call.includes('service rollback')));
  });
  it('fails when the engine has taken one service back, and takes the others back too', () => {
    const client = docker({ gateway: 'r/quaymaster:0.1.0 rollback_completed', dispatch: `${IMAGE} completed` });
    assert.equal(deploy(client).status, 1);
    assert.deepEqual(client.calls().filter((call) => call.includes('service rollback')), ['docker service rollback --detach=false q_dispatch']);
  });
  it('touches no service when the migrations failed', () => {
    const client = docker({ gateway: '', dispatch: '' }, 'Failed 1 second ago\nFailed 2 seconds ago\nFailed 3 seconds ago\nFailed 4 seconds ago');
    assert.equal(deploy(client).status, 1);
    assert.ok(!client.calls().some((call) => call.includes('stack.yaml')));
  });
});

describe('a release on a cluster', () => {
  /** A copy of the cluster files in which every address is somebody's. */
  const ownFiles = () => {
    const dir = folder();
    cpSync(join(root, 'deploy'), dir, { recursive: true });
    for (const file of ['kustomization.yaml', 'egress.yaml']) {
      const path = join(dir, 'k8s/overlays/production', file);
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/(?<!registry)\.example\.com/g, '.port.test').replaceAll('192.0.2.', '10.1.2.'));
    }
    return dir;
  };
  const kubectl = (job, rollout = '') => programs({
    kubectl: `case "$*" in
      kustomize*) exec "$REAL_KUBECTL" "$@" ;;
      *'get deployments'*) printf 'deployment.apps/gateway\\ndeployment.apps/dispatch\\n' ;;
      *'get job'*succeeded*) echo '${job === 'ok' ? 1 : ''}' ;;
      *'get job'*) echo '${job === 'ok' ? '' : 'True'}' ;;
      *'rollout status'*dispatch) ${rollout} ;;
    esac`,
  });
  const real = spawnSync('sh', ['-c', 'command -v kubectl'], { encoding: 'utf8' }).stdout.trim();
  const deploy = (dir, { path }) => sh(join(dir, 'k8s/deploy.sh'), ['production', 'r.port.test/quaymaster', '0.2.0'], { PATH: path, REAL_KUBECTL: real });
  const options = real === '' ? { skip: 'no kubectl' } : {};

  it('is refused while addresses of nobody are in the overlay', options, () => {
    const client = kubectl('ok');
    const { status, stderr } = sh(join(root, 'deploy/k8s/deploy.sh'), ['production', 'r.port.test/quaymaster', '0.2.0'], { PATH: client.path, REAL_KUBECTL: real });
    assert.equal(status, 2);
    assert.match(stderr, /192\.0\.2\.0\/24/);
    assert.ok(client.calls().every((call) => call.startsWith('kubectl kustomize')));
  });
  it('goes in phases and leaves no file behind', options, () => {
    const client = kubectl('ok', 'true');
    const dir = ownFiles();
    const { status, stderr } = deploy(dir, client);
    assert.equal(status, 0, stderr);
    const phases = client.calls().filter((call) => call.includes(' apply ')).map((call) => /phase=(\w+)/.exec(call)?.[1] ?? 'all');
    assert.deepEqual(phases, ['prepare', 'data', 'migrate', 'all']);
    assert.equal(spawnSync('sh', ['-c', 'ls -A overlays'], { cwd: join(dir, 'k8s'), encoding: 'utf8' }).stdout, 'dev\nproduction\nstaging\n');
  });
  it('takes all services back when one does not become ready', options, () => {
    const client = kubectl('ok', 'exit 1');
    assert.equal(deploy(ownFiles(), client).status, 1);
    assert.deepEqual(client.calls().filter((call) => call.includes('rollout undo')).map((call) => call.split('/').at(-1)), ['gateway', 'dispatch']);
  });
  it('touches no service when the migrations failed', options, () => {
    const client = kubectl('failed', 'true');
    assert.equal(deploy(ownFiles(), client).status, 1);
    assert.ok(!client.calls().some((call) => call.includes('rollout')));
  });
});

describe('the accounts of the vehicle broker', () => {
  const start = (secrets) => {
    const dir = folder();
    for (const name of ['secrets', 'config', 'data']) mkdirSync(join(dir, name));
    writeFileSync(join(dir, 'config/10.conf'), '');
    for (const [name, secret] of Object.entries(secrets)) writeFileSync(join(dir, 'secrets', `mqtt_${name}_password`), secret);
    const tools = programs({ mosquitto: '', mosquitto_passwd: `sed -i 's/:.*/:$7$101$c2FsdA==$aGFzaA==/' "$2"` });
    const accounts = join(dir, 'data/accounts.json');
    const { status, stderr } = sh(join(root, 'deploy/mosquitto/entrypoint.sh'), [], {
      PATH: tools.path, MOSQUITTO_ACCOUNTS: accounts, MOSQUITTO_SECRETS: join(dir, 'secrets'), MOSQUITTO_CONFIG: join(dir, 'config'), MOSQUITTO_RUNTIME: join(dir, 'data'),
    });
    return { status, stderr, tools, accounts };
  };
  const all = { ingest: 'a', dispatch: 'b', gateway: 'c', health: 'd' };

  it('let each service do its own and nothing else', () => {
    const { status, stderr, accounts } = start(all);
    assert.equal(status, 0, stderr);
    const { clients, roles, defaultACLAccess } = JSON.parse(readFileSync(accounts, 'utf8'));
    const hashed = { iterations: 101, salt: 'c2FsdA==', password: 'aGFzaA==' };
    const names = ['quaymaster-ingest', 'quaymaster-dispatch', 'quaymaster-gateway', 'health'];
    assert.deepEqual(clients, names.map((username) => ({ username, ...hashed, roles: [{ rolename: `service:${username}` }] })));
    const writes = Object.fromEntries(roles.map(({ rolename, acls }) => [rolename, acls.filter(({ acltype }) => acltype === 'publishClientSend').map(({ topic }) => topic)]));
    assert.deepEqual(writes, {
      'service:quaymaster-ingest': [], 'service:quaymaster-dispatch': ['fleet/v1/+/command', 'fleet/v1/+/lease'],
      'service:quaymaster-gateway': ['$CONTROL/dynamic-security/#'], 'service:health': [],
    });
    assert.deepEqual(defaultACLAccess, { publishClientSend: false, publishClientReceive: false, subscribe: false, unsubscribe: true });
  });
  it('are not written with a secret missing, or one that the broker would cut short', () => {
    for (const secrets of [{ ...all, gateway: 'c:d' }, { ...all, health: '' }, { ingest: 'a' }]) {
      const { status, accounts, tools } = start(secrets);
      assert.equal(status, 1);
      assert.ok(!existsSync(accounts));
      assert.ok(!tools.calls().some((call) => call.startsWith('mosquitto -c')));
    }
  });
});

describe('release notes', () => {
  const notes = (version) => {
    const file = join(folder(), 'CHANGELOG.md');
    writeFileSync(file, '# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2030-01-01\n\n### Added\n\n- A thing.\n\n## [0.1.0]\n\n- The first.\n');
    return sh(join(root, '.github/release-notes.sh'), [version], { PATH: process.env.PATH, CHANGELOG: file });
  };
  it('are the section of the version', () => { assert.equal(notes('0.2.0').stdout.trim(), '### Added\n\n- A thing.'); });
  it('fail where there is none, or nothing in it', () => { for (const version of ['0.3.0', 'Unreleased']) assert.equal(notes(version).status, 1); });
});
