import { environmentOf, podOf } from './pod-policy.mjs';

const covers = (selector, labels) => Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);

/** Ports that a pod may go to, by all policies that select it: `5432/TCP`. */
function egressOf(labels, policies) {
  const selecting = policies.filter(({ spec }) => covers(spec.podSelector, labels) && (spec.policyTypes ?? []).includes('Egress'));
  return new Set(selecting.flatMap(({ spec }) => spec.egress ?? []).flatMap(({ ports }) => ports ?? []).map(({ port, protocol }) => `${port}/${protocol}`));
}

/** Ports that the addresses in a container's settings lead to. */
function portsOf(env) {
  const ports = new Set();
  for (const [key, value] of Object.entries(env)) {
    if (!/_(URL|BROKERS)$/.test(key) || value === null) continue;
    for (const address of String(value).split(',')) ports.add(`${/:(\d+)(?:\/|$)/.exec(address.replace(/^[a-z+]+:\/\//, ''))?.[1]}/TCP`);
  }
  return ports;
}

/** Nothing may talk to anything but by name, and everything that is needed is named: egress of each pod against the addresses that it is given. */
export function networkFaults(documents) {
  const faults = [];
  const policies = documents.filter(({ kind }) => kind === 'NetworkPolicy');
  const deniesAll = ({ spec }) => Object.keys(spec.podSelector ?? {}).length === 0 && spec.ingress === undefined && spec.egress === undefined
    && ['Ingress', 'Egress'].every((type) => spec.policyTypes?.includes(type));
  if (!policies.some(deniesAll)) faults.push('no policy denies everything to all pods');
  for (const { metadata, spec } of policies) {
    for (const [direction, peers] of [['egress', 'to'], ['ingress', 'from']]) {
      for (const rule of spec[direction] ?? []) {
        if ((rule[peers] ?? []).length === 0) faults.push(`NetworkPolicy/${metadata.name}: ${direction} has no end`);
        if ((rule.ports ?? []).length === 0) faults.push(`NetworkPolicy/${metadata.name}: ${direction} has every port`);
        for (const { ipBlock, ...selectors } of rule[peers] ?? []) {
          if (ipBlock !== undefined && Number(ipBlock.cidr.split('/')[1]) < 8) faults.push(`NetworkPolicy/${metadata.name}: ${ipBlock.cidr} is half the world`);
          const selectsAll = Object.values(selectors).every((selector) => Object.keys(selector ?? {}).length === 0);
          if (ipBlock === undefined && selectsAll) faults.push(`NetworkPolicy/${metadata.name}: ${direction} selects everything`);
        }
      }
    }
  }
  for (const workload of documents.map(podOf).filter((pod) => pod !== null)) {
    const allowed = egressOf(workload.labels, policies);
    const needed = new Set(workload.pod.containers.flatMap((container) => [...portsOf(environmentOf(container, documents).env)]));
    if (!allowed.has('53/UDP')) faults.push(`${workload.name}: it cannot look up a name`);
    for (const port of needed) if (!allowed.has(port)) faults.push(`${workload.name}: no policy lets it out to ${port}`);
    for (const port of allowed) if (!port.startsWith('53/') && !needed.has(port)) faults.push(`${workload.name}: a policy lets it out to ${port}, where it has no address`);
  }
  return faults;
}
