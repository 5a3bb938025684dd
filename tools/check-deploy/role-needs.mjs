import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BACK_ENDS } from './settings.mjs';

const FILE = 'apps/cli/src/run/roles.ts';

/** Keys of each role by the product's own table: `kafka = [['QM_KAFKA_BROKERS']]`, `gateway: [...kafka, ...postgres]`. */
function needsIn(source) {
  const groups = new Map([...source.matchAll(/const (\w+) = (\[\[.*\]\]) as const;/g)].map(([, name, keys]) => [name, [...keys.matchAll(/'(QM_\w+)'/g)].map(([, key]) => key)]));
  const rows = [...source.matchAll(/^ {2}'?([a-z-]+)'?: \[(\.\.\..*)\],$/gm)];
  return new Map(rows.map(([, role, list]) => [role, [...list.matchAll(/\.\.\.(\w+)/g)].flatMap(([, name]) => groups.get(name) ?? [`?${name}`])]));
}

/** What is deployed against what the product asks for: a role that gets a new back end must get its address, network and policy too. */
export const roleNeeds = {
  name: 'role-needs',
  artefacts: ({ root }) => [{ name: FILE, value: readFileSync(join(root, FILE), 'utf8') }],
  faults(source) {
    const needs = needsIn(source);
    return Object.entries(BACK_ENDS).flatMap(([role, deployed]) => {
      const asked = needs.get(role)?.filter((key) => /_(URL|BROKERS)$|^\?/.test(key));
      if (asked === undefined) return [`${role} is not in the table`];
      const differs = [...asked.filter((key) => !deployed.includes(key)), ...deployed.filter((key) => !asked.includes(key))];
      return differs.map((key) => `${role}: ${key} is ${asked.includes(key) ? 'asked for and not deployed' : 'deployed and not asked for'}`);
    });
  },
  negatives: [
    { name: 'back end that nobody deploys', of: FILE, says: /collision: QM_POSTGRES_URL is asked for/, spoil: (text) => text.replace('collision: [...kafka]', 'collision: [...kafka, ...postgres]') },
    { name: 'role that is gone', of: FILE, says: /dispatch is not in the table/, spoil: (text) => text.replace('dispatch: [', 'despatch: [') },
  ],
};
