import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { referenceFaults, stackFaults } from './container-policy.mjs';
import { ROLES } from './settings.mjs';
import { DOCKER, stackConfig } from './stack-config.mjs';

const FILES = ['stack.yaml', 'data.yaml', 'migrate.yaml'].map((name) => `deploy/swarm/${name}`);

const replaced = (text, from, to) => {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${from} is not in it`);
  return changed;
};
const [STACK, DATA, MIGRATE] = FILES;

/** The client's own judgement of the files. */
export const swarmConfig = {
  name: 'docker-stack-config',
  tools: [DOCKER],
  artefacts: ({ root }) => FILES.map((name) => ({ name, value: { text: readFileSync(join(root, name), 'utf8') } })),
  faults({ text, variables }, { root }) {
    stackConfig(root, 'deploy/swarm', text, variables);
    return [];
  },
  negatives: [
    { name: 'misspelt key', of: STACK, says: /failur_action/, spoil: ({ text }) => ({ text: replaced(text, 'failure_action', 'failur_action') }) },
    { name: 'image not named', of: STACK, says: /QUAYMASTER_IMAGE/, spoil: ({ text }) => ({ text, variables: { NFS_ADDRESS: '192.0.2.5' } }) },
    { name: 'map server not named', of: STACK, says: /NFS_ADDRESS/, spoil: ({ text }) => ({ text, variables: { QUAYMASTER_IMAGE: 'x:1.0.0' } }) },
    { name: 'condition of compose', of: DATA, says: /depends_on/, spoil: ({ text }) => ({ text: replaced(text, '  redis:\n', '  redis:\n    depends_on: {postgres: {condition: service_healthy}}\n') }) },
    { name: 'two keys of one name', of: DATA, says: /already defined|duplicate/, spoil: ({ text }) => ({ text: replaced(text, '  redis:\n', '  postgres:\n') }) },
  ],
};

const spoilt = (change) => (stack) => { change(stack); return stack; };

/** Our rules over what the client made of them. */
export const swarmPolicy = {
  name: 'swarm-policy',
  tools: [DOCKER],
  artefacts: ({ root }) => FILES.map((name) => ({ name, value: stackConfig(root, 'deploy/swarm', readFileSync(join(root, name), 'utf8')) })),
  faults: (stack, { known, root }) => [
    ...stackFaults(stack, known), ...referenceFaults(stack, join(root, 'deploy/swarm')),
    ...('nginx' in stack.services ? ROLES.filter((role) => !(role in stack.services)).map((role) => `${role} is not part of the stack`) : []),
  ],
  negatives: [
    { name: 'secret in the environment', of: STACK, says: /secret into the environment/, spoil: spoilt(({ services }) => { services.gateway.environment.QM_POSTGRES_PASSWORD = 'x'; }) },
    { name: 'password in an address', of: STACK, says: /password in its address/, spoil: spoilt(({ services }) => { services.gateway.environment.QM_POSTGRES_URL = 'postgres://a:b@postgres/x'; }) },
    { name: 'secret not mounted', of: STACK, says: /postgres_password is not mounted/, spoil: spoilt(({ services }) => { services.scheduler.secrets = []; }) },
    { name: 'unknown setting', of: STACK, says: /QM_KAFKA_BROKER is no key/, spoil: spoilt(({ services }) => { services.gateway.environment.QM_KAFKA_BROKER = 'x'; }) },
    { name: 'no memory limit', of: STACK, says: /no memory limit/, spoil: spoilt(({ services }) => { delete services.collision.deploy.resources.limits.memory; }) },
    { name: 'no reservation', of: STACK, says: /reserves no memory/, spoil: spoilt(({ services }) => { delete services.collision.deploy.resources.reservations; }) },
    { name: 'one replica', of: STACK, says: /one replica is none/, spoil: spoilt(({ services }) => { services.scheduler.deploy.replicas = 1; }) },
    { name: 'no rollback', of: STACK, says: /start-first, rollback/, spoil: spoilt(({ services }) => { services.dispatch.deploy.update_config.failure_action = 'continue'; }) },
    { name: 'moving tag', of: STACK, says: /not pinned/, spoil: spoilt(({ services }) => { services.nginx.image = 'nginx:latest'; }) },
    { name: 'writable root', of: STACK, says: /can be written to/, spoil: spoilt(({ services }) => { services.gateway.read_only = false; }) },
    { name: 'port of a service', of: STACK, says: /publishes a port/, spoil: spoilt(({ services }) => { services.gateway.ports = [{ target: 8080, published: 8080 }]; }) },
    { name: 'foreign network', of: STACK, says: /collision: it is on the network data/, spoil: spoilt(({ services }) => { services.collision.networks.data = null; }) },
    { name: 'heap above the limit', of: STACK, says: /heap is limited to 1\.00/, spoil: spoilt(({ services }) => { services.collision.environment.NODE_OPTIONS = '--max-old-space-size=1024'; }) },
    { name: 'health check switched off', of: STACK, says: /asks for its health/, spoil: spoilt(({ services }) => { services.gateway.healthcheck = { disable: true }; }) },
    { name: 'network that is not there', of: STACK, says: /gateway: networks has no dta/, spoil: spoilt(({ services }) => { services.gateway.networks.dta = null; }) },
    { name: 'config file that is not there', of: STACK, says: /there is no file/, spoil: spoilt(({ configs }) => { configs.nginx.file = 'ngnix.conf'; }) },
    { name: 'role left out', of: STACK, says: /dispatch is not part/, spoil: spoilt(({ services }) => { delete services.dispatch; }) },
    { name: 'topics of one copy', of: MIGRATE, says: /QM_KAFKA_REPLICATION/, spoil: spoilt(({ services }) => { delete services.migrate.environment.QM_KAFKA_REPLICATION; }) },
    { name: 'two servers on one folder', of: DATA, says: /stop-first/, spoil: spoilt(({ services }) => { services.postgres.deploy.update_config.order = 'start-first'; }) },
    { name: 'network not encrypted', of: DATA, says: /not encrypted/, spoil: spoilt(({ networks }) => { delete networks.bus.driver_opts; }) },
    { name: 'network leads out', of: DATA, says: /network data leads out/, spoil: spoilt(({ networks }) => { networks.data.internal = false; }) },
  ],
};
