import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentsOf, KUBECTL, OVERLAYS } from './kustomize.mjs';
import { networkFaults } from './network-policy.mjs';
import { podFaults, podOf } from './pod-policy.mjs';
import { ROLES } from './settings.mjs';

const [DEV, STAGING, PRODUCTION] = OVERLAYS;
const SCALED = ['gateway', 'telemetry-ingest'];

/** Rules for what stands around the pods. */
function setFaults(documents, { isDev, consolePaths }) {
  const faults = [];
  const of = (kind, name) => documents.find((document) => document.kind === kind && document.metadata.name === name);
  for (const role of ROLES) {
    const deployment = of('Deployment', role);
    if (deployment === undefined) { faults.push(`${role} is not deployed`); continue; }
    const labels = deployment.spec.template.metadata.labels;
    const budget = of('PodDisruptionBudget', role);
    const covered = budget !== undefined && Object.entries(budget.spec.selector.matchLabels).every(([key, value]) => labels[key] === value);
    if (!covered) faults.push(`${role}: nothing keeps a drain from taking all of its replicas (PodDisruptionBudget)`);
    const scaler = of('HorizontalPodAutoscaler', role);
    if (SCALED.includes(role) !== (scaler !== undefined)) faults.push(`${role}: ${scaler === undefined ? 'nothing scales it' : 'it is scaled, and must not be'}`);
    if (scaler !== undefined && deployment.spec.replicas !== undefined) faults.push(`${role}: each deployment would undo what the scaler did (replicas)`);
    const replicas = scaler === undefined ? deployment.spec.replicas : scaler.spec.minReplicas;
    if (!isDev && !(replicas >= 2)) faults.push(`${role}: fewer than two replicas`);
    if (scaler !== undefined && scaler.spec.maxReplicas < scaler.spec.minReplicas) faults.push(`${role}: the scaler has no room`);
  }
  if (of('Job', 'migrate') === undefined) faults.push('nobody runs the migrations');
  if (of('ServiceAccount', 'quaymaster')?.automountServiceAccountToken !== false) faults.push('the account hands its token to every pod');
  for (const { kind, metadata, data, stringData } of documents) {
    if (kind === 'Secret' && (data !== undefined || stringData !== undefined)) faults.push(`Secret/${metadata.name} stands in the repository`);
    if (kind !== 'Namespace' && metadata.namespace === undefined) faults.push(`${kind}/${metadata.name} is in no namespace`);
    if (kind === 'Namespace' && metadata.labels?.['pod-security.kubernetes.io/enforce'] !== 'restricted') faults.push('the namespace admits any pod');
    if (kind === 'Service' && !['ClusterIP', undefined].includes(metadata.type)) faults.push(`Service/${metadata.name} is open to the outside`);
  }
  return [...faults, ...ingressFaults(documents, consolePaths)];
}

function ingressFaults(documents, consolePaths) {
  const [ingress, ...others] = documents.filter(({ kind }) => kind === 'Ingress');
  if (ingress === undefined || others.length > 0) return ['there is not one Ingress'];
  const faults = [];
  const annotation = (name) => ingress.metadata.annotations?.[`nginx.ingress.kubernetes.io/${name}`];
  if ((ingress.spec.tls ?? []).length === 0) faults.push('Ingress: no TLS');
  for (const name of ['proxy-read-timeout', 'proxy-send-timeout']) if (!(Number(annotation(name)) > 30)) faults.push(`Ingress: a live connection is cut between two pings (${name})`);
  if (/non_idempotent/.test(annotation('proxy-next-upstream') ?? 'non_idempotent')) faults.push('Ingress: a request that may have been carried out is sent again');
  if (annotation('proxy-body-size') === undefined) faults.push('Ingress: bodies have no limit');
  const paths = ingress.spec.rules.flatMap(({ http }) => http.paths);
  const reachable = (path) => paths.some((rule) => (rule.pathType === 'Exact' ? rule.path === path : path === rule.path || path.startsWith(`${rule.path.replace(/\/$/, '')}/`)));
  for (const path of ['/metrics', '/live', '/ready']) if (reachable(path)) faults.push(`Ingress: ${path} can be had from outside`);
  for (const path of ['/v1/live', '/v1/vehicles', ...consolePaths]) if (!reachable(path)) faults.push(`Ingress: ${path} cannot be reached`);
  return faults;
}

/** What the console's page asks for. */
function consolePathsOf(root) {
  const page = readFileSync(join(root, 'apps/console/public/index.html'), 'utf8');
  return ['/', ...[...page.matchAll(/(?:href|src)="\.?(\/[^"]+)"/g)].map(([, path]) => path)];
}

const on = (kind, name, change) => ({ documents, ...rest }) => {
  const document = documents.find((candidate) => candidate.kind === kind && candidate.metadata.name === name);
  if (document === undefined) throw new Error(`there is no ${kind} ${name}`);
  change(document);
  return { documents, ...rest };
};
const pod = (name, change) => on('Deployment', name, ({ spec }) => { change(spec.template.spec, spec); });
const container = (name, change) => pod(name, (spec) => { change(spec.containers[0]); });
const without = (kind, name) => ({ documents, ...rest }) => ({ documents: documents.filter((document) => document.kind !== kind || document.metadata.name !== name), ...rest });
const env = (name, entry) => container(name, (spec) => { spec.env.push(entry); });

export const kubernetesPolicy = {
  name: 'kubernetes-policy',
  tools: [KUBECTL],
  artefacts: ({ root }) => OVERLAYS.map((dir) => ({ name: dir, value: { documents: documentsOf(root, dir), isDev: dir === DEV, consolePaths: consolePathsOf(root) } })),
  faults: ({ documents, ...rest }, { known }) => [
    ...documents.map(podOf).filter((workload) => workload !== null).flatMap((workload) => podFaults(workload, documents, known)),
    ...networkFaults(documents),
    ...setFaults(documents, rest),
  ],
  negatives: [
    ['runs as root', /may run as root/, pod('gateway', (spec) => { spec.securityContext.runAsNonRoot = false; })],
    ['writable root', /can be written to/, container('gateway', (c) => { c.securityContext.readOnlyRootFilesystem = false; })],
    ['keeps capabilities', /keeps capabilities/, container('gateway', (c) => { c.securityContext.capabilities.add = ['NET_ADMIN']; })],
    ['any system call', /seccompProfile/, pod('gateway', (spec) => { delete spec.securityContext.seccompProfile; })],
    ['token of the cluster', /token for the cluster/, pod('gateway', (spec) => { spec.automountServiceAccountToken = true; })],
    ['folder of the node', /folder of the node/, pod('gateway', (spec) => { spec.volumes.push({ name: 'x', hostPath: { path: '/' } }); })],
    ['no limits', /has no limits/, container('collision', (c) => { delete c.resources.limits; })],
    ['no liveness probe', /lacks a probe/, container('collision', (c) => { delete c.livenessProbe; })],
    ['killed when busy', /within 20 s/, container('collision', (c) => { c.livenessProbe.failureThreshold = 1; })],
    ['liveness asks for readiness', /wrong question/, container('collision', (c) => { c.livenessProbe.httpGet.path = '/ready'; })],
    ['no preStop', /preStop/, container('gateway', (c) => { delete c.lifecycle; })],
    ['heap above the limit', /heap is limited to 2\.00/, container('gateway', (c) => { c.env.find(({ name }) => name === 'NODE_OPTIONS').value = '--max-old-space-size=2048'; })],
    ['secret by value', /QM_REDIS_PASSWORD puts a secret/, env('gateway', { name: 'QM_REDIS_PASSWORD', value: 'x' })],
    ['secret by reference', /puts a secret into the environment; mount it/, env('gateway', { name: 'NPM_CONFIG_X', valueFrom: { secretKeyRef: { name: 'x', key: 'y' } } })],
    ['secret file not mounted', /postgres_password is not mounted/, pod('scheduler', (spec) => { spec.volumes.find(({ name }) => name === 'secrets').projected.sources = []; })],
    ['map that is not mounted', /terminal\.xodr is not mounted/, container('collision', (c) => { c.volumeMounts = c.volumeMounts.filter(({ name }) => name !== 'maps'); })],
    ['unknown setting', /QM_POSTGRES_URI is no key/, env('gateway', { name: 'QM_POSTGRES_URI', value: 'x' })],
    ['address that is not needed', /collision is given QM_REDIS_URL/, env('collision', { name: 'QM_REDIS_URL', value: 'redis://x:6379/0' })],
    ['key of a map that is not there', /which is not there/, env('gateway', { name: 'QM_MQTT_HOST_X', valueFrom: { configMapKeyRef: { name: 'quaymaster-endpoints', key: 'nope' } } })],
    ['moving tag', /not pinned/, container('gateway', (c) => { c.image = 'registry.example.com/quaymaster:latest'; })],
    ['no deny-all', /no policy denies everything/, without('NetworkPolicy', 'deny-all')],
    ['egress to anywhere', /egress has no end/, on('NetworkPolicy', 'to-bus', ({ spec }) => { delete spec.egress[0].to; })],
    ['egress to any port', /every port/, on('NetworkPolicy', 'to-bus', ({ spec }) => { delete spec.egress[0].ports; })],
    ['egress to the world', /half the world/, on('NetworkPolicy', 'to-bus', ({ spec }) => { spec.egress[0].to = [{ ipBlock: { cidr: '0.0.0.0/0' } }]; })],
    ['egress that is missing', /no policy lets it out to 5432/, without('NetworkPolicy', 'to-relational')],
    ['egress that nobody needs', /collision: a policy lets it out to 5432/, on('Deployment', 'collision', ({ spec }) => { spec.template.metadata.labels['quaymaster.io/relational'] = 'yes'; })],
    ['no budget', /PodDisruptionBudget/, without('PodDisruptionBudget', 'dispatch')],
    ['scheduler is scaled', /must not be/, on('HorizontalPodAutoscaler', 'telemetry-ingest', ({ metadata }) => { metadata.name = 'scheduler'; })],
    ['one scheduler', /scheduler: fewer than two/, on('Deployment', 'scheduler', ({ spec }) => { spec.replicas = 1; })],
    ['one gateway', /gateway: fewer than two/, on('HorizontalPodAutoscaler', 'gateway', ({ spec }) => { spec.minReplicas = 1; })],
    ['all on one node', /one node/, pod('gateway', (spec) => { spec.topologySpreadConstraints = []; })],
    ['old goes first', /maxUnavailable 0/, pod('gateway', (_, spec) => { spec.strategy.rollingUpdate.maxUnavailable = 1; })],
    ['secret in the repository', /stands in the repository/, ({ documents, ...rest }) => (
      { documents: [...documents, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', namespace: 'y' }, data: {} }], ...rest }
    )],
    ['metrics from outside', /\/metrics can be had/, on('Ingress', 'quaymaster', ({ spec: { rules: [{ http }] } }) => { http.paths[0] = { ...http.paths[0], path: '/' }; })],
    ['live connection cut', /proxy-read-timeout/, on('Ingress', 'quaymaster', ({ metadata }) => { delete metadata.annotations['nginx.ingress.kubernetes.io/proxy-read-timeout']; })],
    ['console that cannot load', /main\.js cannot be reached/, on('Ingress', 'quaymaster', ({ spec: { rules: [{ http }] } }) => {
      http.paths = http.paths.filter(({ path }) => path !== '/main.js');
    })],
  ].map(([name, says, spoil]) => ({ name, of: PRODUCTION, says, spoil })).concat([
    {
      name: 'data system as root', of: DEV, says: /StatefulSet\/postgres: it may run as root/,
      spoil: on('StatefulSet', 'postgres', ({ spec }) => { delete spec.template.spec.securityContext.runAsUser; }),
    },
    { name: 'namespace admits any pod', of: STAGING, says: /admits any pod/, spoil: on('Namespace', 'quaymaster-staging', ({ metadata }) => { delete metadata.labels; }) },
  ]),
};
