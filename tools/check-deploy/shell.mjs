import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const FILES = [
  'deploy/compose/make-secrets.sh', 'deploy/k8s/deploy.sh', 'deploy/k8s/make-secrets.sh', 'deploy/k8s/rollback.sh', 'deploy/mosquitto/entrypoint.sh',
  'deploy/swarm/deploy.sh', 'deploy/swarm/rollback.sh', '.github/release-notes.sh',
];

function shellFaults({ text, mode }) {
  const { status, stderr } = spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' });
  const faults = status === 0 ? [] : [stderr];
  if (!text.startsWith('#!/bin/sh\n')) faults.push('it does not say that sh runs it');
  if (!/^set -eu$/m.test(text)) faults.push('it goes on after a command that failed (set -eu)');
  if ((mode & 0o111) === 0) faults.push('it cannot be run');
  return faults;
}

/** The scripts that deploy, as the plainest shell reads them. */
export const shell = {
  name: 'shell',
  artefacts: ({ root }) => FILES.map((name) => ({ name, value: { text: readFileSync(join(root, name), 'utf8'), mode: statSync(join(root, name)).mode } })),
  faults: shellFaults,
  negatives: [
    { name: 'case without its end', of: 'deploy/swarm/deploy.sh', says: /yntax error/, spoil: (value) => ({ ...value, text: value.text.replace('esac', '') }) },
    { name: 'goes on after a failure', of: 'deploy/k8s/deploy.sh', says: /set -eu/, spoil: (value) => ({ ...value, text: value.text.replace('set -eu', '') }) },
    { name: 'cannot be run', of: 'deploy/k8s/deploy.sh', says: /cannot be run/, spoil: (value) => ({ ...value, mode: 0o644 }) },
  ],
};
