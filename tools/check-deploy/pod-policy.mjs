import { heapFault, imageFault, parseBytes, ROLES, settingsFaults } from './settings.mjs';

/** The pod template of a workload, with the workload's name; null for what runs no pods. */
export function podOf({ kind, metadata, spec }) {
  if (!['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind)) return null;
  return { name: `${kind}/${metadata.name}`, kind, role: metadata.name, workload: spec, labels: spec.template.metadata.labels, pod: spec.template.spec };
}

/** Environment of a container with that of its ConfigMaps; a value that comes from elsewhere is null. Unknown references are faults. */
export function environmentOf(container, documents) {
  const env = {};
  const faults = [];
  const configMap = (name) => documents.find((document) => document.kind === 'ConfigMap' && document.metadata.name === name)?.data;
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (secretRef !== undefined) faults.push(`all of the Secret ${secretRef.name} is put into the environment`);
    const data = configMapRef === undefined ? {} : configMap(configMapRef.name);
    if (data === undefined) faults.push(`there is no ConfigMap ${configMapRef.name}`);
    Object.assign(env, data);
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    env[name] = value ?? null;
    if (valueFrom?.secretKeyRef !== undefined) faults.push(`${name} puts a secret into the environment; mount it`);
    const reference = valueFrom?.configMapKeyRef;
    if (reference === undefined) continue;
    env[name] = configMap(reference.name)?.[reference.key] ?? null;
    if (env[name] === null) faults.push(`${name} comes from ${reference.name}.${reference.key}, which is not there`);
  }
  return { env, faults };
}

/** What every pod must keep: who it is, what it may do, how much it may take, and that it is given no secret but as a file. */
export function podFaults({ name, kind, role, pod, workload }, documents, known) {
  const faults = [];
  const security = pod.securityContext ?? {};
  if (security.runAsNonRoot !== true || !(security.runAsUser > 0)) faults.push('it may run as root');
  if (security.seccompProfile?.type !== 'RuntimeDefault') faults.push('it may make any system call (seccompProfile)');
  if (pod.automountServiceAccountToken !== false) faults.push('it is given a token for the cluster');
  if (pod.serviceAccountName === undefined) faults.push('it runs as the default account of the namespace');
  if (pod.hostNetwork === true || pod.hostPID === true || pod.hostIPC === true) faults.push('it shares the node\'s own namespaces');
  for (const volume of pod.volumes ?? []) if (volume.hostPath !== undefined) faults.push(`volume ${volume.name} is a folder of the node`);
  for (const container of [...(pod.initContainers ?? []), ...pod.containers]) faults.push(...containerFaults(container, pod, documents, known).map((text) => `${container.name}: ${text}`));
  for (const container of kind === 'Job' ? [] : pod.containers) faults.push(...probeFaults(container).map((text) => `${container.name}: ${text}`));
  if (kind === 'Deployment') faults.push(...replacementFaults(pod, workload));
  const own = pod.containers.find((container) => container.args?.[0] === 'run');
  if (own !== undefined) faults.push(...roleFaults(role, own, documents, known));
  return faults.map((text) => `${name}: ${text}`);
}

function containerFaults(container, pod, documents, known) {
  const faults = [];
  const security = container.securityContext ?? {};
  const image = imageFault(container.image);
  if (image !== null) faults.push(image);
  if (security.allowPrivilegeEscalation !== false || security.privileged === true) faults.push('it may gain privileges');
  if (security.readOnlyRootFilesystem !== true) faults.push('its root file system can be written to');
  if (!(security.capabilities?.drop ?? []).includes('ALL') || (security.capabilities?.add ?? []).length > 0) faults.push('it keeps capabilities');
  const { limits, requests } = container.resources ?? {};
  if (!(parseBytes(limits?.memory) > 0) || limits?.cpu === undefined) faults.push('it has no limits');
  if (!(parseBytes(requests?.memory) > 0) || requests?.cpu === undefined) faults.push('it requests nothing');
  const { env, faults: references } = environmentOf(container, documents);
  faults.push(...references, ...settingsFaults(undefined, env, known));
  const files = mountedFiles(container, pod);
  for (const [key, path] of Object.entries(env).filter(([name]) => name.endsWith('_FILE'))) {
    const isThere = key === 'QM_MAP_FILE' ? container.volumeMounts.some(({ mountPath }) => path.startsWith(`${mountPath}/`)) : files.has(path);
    if (!isThere) faults.push(`${path} is not mounted`);
  }
  return faults;
}

/** Paths of all files that projected Secrets put into a container. */
function mountedFiles(container, pod) {
  const files = new Set();
  for (const { name, mountPath } of container.volumeMounts ?? []) {
    const sources = pod.volumes?.find((volume) => volume.name === name)?.projected?.sources ?? [];
    for (const { secret } of sources) for (const { path } of secret?.items ?? []) files.add(`${mountPath}/${path}`);
  }
  return files;
}

function probeFaults({ startupProbe, livenessProbe, readinessProbe }) {
  const faults = [];
  if (startupProbe === undefined || livenessProbe === undefined || readinessProbe === undefined) faults.push('it lacks a probe (startup, liveness, readiness)');
  // Two seconds of a busy event loop must not be the end of a pod.
  if (livenessProbe !== undefined && (livenessProbe.periodSeconds ?? 10) * (livenessProbe.failureThreshold ?? 3) < 20) faults.push('it is killed within 20 s of silence');
  return faults;
}

function replacementFaults(pod, { strategy, progressDeadlineSeconds }) {
  const faults = [];
  const { maxUnavailable, maxSurge } = strategy?.rollingUpdate ?? {};
  if (maxUnavailable !== 0 || maxSurge !== 1) faults.push('an old replica goes before a new one is there (maxUnavailable 0, maxSurge 1)');
  if (progressDeadlineSeconds === undefined) faults.push('a release that never becomes ready is never found out');
  if (!(pod.terminationGracePeriodSeconds >= 20)) faults.push('it is killed before it has drained');
  const spread = (pod.topologySpreadConstraints ?? []).map(({ topologyKey }) => topologyKey);
  if (!spread.includes('kubernetes.io/hostname') || !spread.includes('topology.kubernetes.io/zone')) faults.push('all of its replicas may stand on one node or in one zone');
  return faults;
}

function roleFaults(role, container, documents, known) {
  const faults = [];
  const { env } = environmentOf(container, documents);
  faults.push(...settingsFaults(role, env, known));
  const heap = heapFault(env.NODE_OPTIONS, parseBytes(container.resources?.limits?.memory));
  if (heap !== null) faults.push(heap);
  if (!ROLES.includes(role)) return faults;
  if (container.args[1] !== role) faults.push(`it runs ${container.args[1]}`);
  if (container.lifecycle?.preStop === undefined) faults.push('requests still come while it goes (preStop)');
  if (container.livenessProbe?.httpGet?.path !== '/live' || container.readinessProbe?.httpGet?.path !== '/ready') faults.push('it is asked the wrong question (liveness /live, readiness /ready)');
  return faults;
}
