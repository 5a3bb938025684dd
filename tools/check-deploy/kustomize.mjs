import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseYamlStream } from './read-yaml.mjs';
import { schemaFaults } from './schemas.mjs';

export const KUBECTL = { tool: 'kubectl', install: 'the client of Kubernetes 1.27 or newer, from the distribution of your cluster or https://kubernetes.io/docs/tasks/tools' };
const BASE = 'deploy/k8s/base';
export const OVERLAYS = ['dev', 'staging', 'production'].map((name) => `deploy/k8s/overlays/${name}`);
const [, STAGING, PRODUCTION] = OVERLAYS;

/** @throws Error with what kustomize says */
function render(dir) {
  try {
    return execFileSync('kubectl', ['kustomize', dir], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    // Its own log's prefix says when and where in its sources, and nothing about the file.
    throw new Error((error.stderr ?? error.message).replace(/^E\d.*?err=/s, ''), { cause: error });
  }
}

const rendered = new Map();

/** The documents of an overlay. */
export function documentsOf(root, dir) {
  if (!rendered.has(dir)) rendered.set(dir, parseYamlStream(render(join(root, dir))));
  return structuredClone(rendered.get(dir));
}

/** Renders one folder of a copy of `deploy` after a change to one of its files. */
function renderChanged(root, dir, { file, from, to }) {
  const copy = mkdtempSync(join(tmpdir(), 'check-deploy-'));
  try {
    cpSync(join(root, 'deploy'), join(copy, 'deploy'), { recursive: true });
    if (file !== undefined) {
      const path = join(copy, file);
      const text = readFileSync(path, 'utf8');
      if (!text.includes(from)) throw new Error(`${from} is not in ${file}`);
      writeFileSync(path, text.replace(from, to));
    }
    return render(join(copy, dir));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

export const kustomize = {
  name: 'kubectl-kustomize',
  tools: [KUBECTL],
  artefacts: () => [BASE, ...OVERLAYS].map((dir) => ({ name: dir, value: { dir, change: {} } })),
  faults({ dir, change }, { root }) {
    const documents = parseYamlStream(renderChanged(root, dir, change));
    const seen = new Set();
    return documents.flatMap(({ kind, metadata }) => {
      const id = `${kind}/${metadata?.name}`;
      if (seen.has(id)) return [`${id} is there twice`];
      seen.add(id);
      return metadata?.name === 'any' ? [`${id} is a patch that was taken for a resource`] : [];
    });
  },
  negatives: [
    ['file that is not there', PRODUCTION, /accumulating resources/, { file: `${BASE}/kustomization.yaml`, from: 'gateway.yaml', to: 'gatway.yaml' }],
    ['misspelt field of a kustomization', STAGING, /unknown field/, { file: `${STAGING}/kustomization.yaml`, from: 'namespace:', to: 'namespce:' }],
    ['patch of a path that is not there', PRODUCTION, /missing path/, { file: `${PRODUCTION}/egress.yaml`, from: '/spec/egress/0/to', to: '/spec/egres/0/to' }],
  ].map(([name, of, says, change]) => ({ name, of, says, spoil: (value) => ({ ...value, change }) })),
};

const spoiltDocument = (kind, name, change) => (documents) => {
  const document = documents.find((candidate) => candidate.kind === kind && candidate.metadata.name === name);
  if (document === undefined) throw new Error(`there is no ${kind} ${name}`);
  change(document);
  return documents;
};

const spoiltContainer = (change) => spoiltDocument('Deployment', 'gateway', ({ spec }) => { change(spec.template.spec.containers[0]); });

export const kubernetesSchema = {
  name: 'kubernetes-schema',
  tools: [KUBECTL],
  needsData: true,
  artefacts: ({ root }) => OVERLAYS.map((dir) => ({ name: dir, value: documentsOf(root, dir) })),
  faults: (documents, { dataDir }) => documents.flatMap((document) => {
    const label = `${document.kind}/${document.metadata?.name}`;
    const faults = schemaFaults(dataDir, `derived_k8s/${String(document.kind).toLowerCase()}.json`, document) ?? ['no schema knows this kind'];
    return faults.map((fault) => `${label}: ${fault}`);
  }),
  negatives: [
    { name: 'misspelt probe', of: PRODUCTION, says: /readinesProbe/, spoil: spoiltContainer((container) => { container.readinesProbe = {}; }) },
    { name: 'port as a word', of: PRODUCTION, says: /containerPort/, spoil: spoiltContainer((container) => { container.ports[0].containerPort = '8080'; }) },
    { name: 'old version of a kind', of: PRODUCTION, says: /apiVersion/, spoil: spoiltDocument('HorizontalPodAutoscaler', 'gateway', (document) => { document.apiVersion = 'autoscaling/v1'; }) },
    { name: 'budget without an s', of: PRODUCTION, says: /maxUnavailble/, spoil: spoiltDocument('PodDisruptionBudget', 'gateway', ({ spec }) => { spec.maxUnavailble = 1; }) },
    { name: 'policy type that is none', of: STAGING, says: /policyTypes/, spoil: spoiltDocument('NetworkPolicy', 'deny-all', ({ spec }) => { spec.policyTypes = 'Egress'; }) },
    { name: 'kind that nobody knows', of: STAGING, says: /no schema knows/, spoil: spoiltDocument('Service', 'gateway', (document) => { document.kind = 'Servce'; }) },
  ],
};
