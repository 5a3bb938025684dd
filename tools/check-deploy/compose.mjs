import { join } from 'node:path';
import { containerFaults, referenceFaults, roleOf } from './container-policy.mjs';
import { readYaml } from './read-yaml.mjs';
import { schemaFaults } from './schemas.mjs';
import { parseBytes, ROLES } from './settings.mjs';
import { DOCKER, stackConfig } from './stack-config.mjs';

const FILE = 'deploy/compose/compose.yaml';
const artefacts = ({ root }) => [{ name: FILE, value: readYaml(join(root, FILE)) }];
const spoilt = (change) => (file) => { change(file); return file; };

export const composeSchema = {
  name: 'compose-schema',
  needsData: true,
  artefacts,
  faults: (file, { dataDir }) => schemaFaults(dataDir, 'compose-spec__compose-spec/schema/compose-spec.json', file) ?? ['the data folder has no schema of compose'],
  negatives: [
    { name: 'misspelt key', of: FILE, says: /helthcheck/, spoil: spoilt(({ services }) => { services.kafka.helthcheck = {}; }) },
    { name: 'condition that is none', of: FILE, says: /condition/, spoil: spoilt(({ services }) => { services.dispatch.depends_on.kafka.condition = 'service_up'; }) },
    { name: 'ports as a word', of: FILE, says: /ports/, spoil: spoilt(({ services }) => { services.nginx.ports = '8080'; }) },
  ],
};

/** The part of compose's language that a swarm has too: the client then reads, interpolates and checks all the rest. */
function asStack({ name: _name, ...file }) {
  const services = Object.fromEntries(Object.entries(file.services).map(([name, { mem_limit: _limit, depends_on: needs, ...service }]) => (
    [name, { ...service, ...(needs === undefined ? {} : { depends_on: Object.keys(needs) }) }]
  )));
  return { version: '3.9', ...file, services };
}

export const composeConfig = {
  name: 'compose-stack-config',
  tools: [DOCKER],
  artefacts,
  faults(file, { root }) {
    stackConfig(root, 'deploy/compose', JSON.stringify(asStack(file)));
    return [];
  },
  negatives: [
    { name: 'unknown key of a health check', of: FILE, says: /intervall/, spoil: spoilt(({ services }) => { services.kafka.healthcheck.intervall = '5s'; }) },
    { name: 'duration without a unit', of: FILE, says: /stop_grace_period/, spoil: spoilt(({ services }) => { services.kafka.stop_grace_period = '30 seconds'; }) },
    { name: 'variable without a name', of: FILE, says: /interpolation/, spoil: spoilt(({ services }) => { services.kafka.image = '${'; }) },
  ],
};

/** Rules over the whole set. */
function composeFaults({ services, networks, secrets }, known) {
  const faults = Object.entries(services).flatMap(([name, service]) => {
    const own = containerFaults(name, { ...service, image: service.image.replace(/^\$\{QUAYMASTER_IMAGE:-(.*)\}$/, '$1') }, parseBytes(service.mem_limit), known);
    if (!(service.security_opt ?? []).includes('no-new-privileges:true')) own.push(`${name}: it may gain privileges`);
    for (const port of service.ports ?? []) if (!String(port).startsWith('127.0.0.1:')) own.push(`${name}: port ${port} is open to others`);
    for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
      const ends = services[needed]?.restart === 'no';
      if (condition !== (ends ? 'service_completed_successfully' : 'service_healthy')) own.push(`${name}: it does not wait for ${needed}`);
    }
    return own;
  });
  for (const role of ROLES) if (!Object.values(services).some((service) => roleOf(service) === role)) faults.push(`${role} is not part of the set`);
  for (const role of ['gateway', 'scheduler']) if (Object.values(services).filter((service) => roleOf(service) === role).length < 2) faults.push(`there are no two of ${role}`);
  for (const [name, network] of Object.entries(networks)) if (network?.internal !== true && name !== 'front') faults.push(`network ${name} leads out`);
  for (const [name, secret] of Object.entries(secrets)) if (secret.file === undefined) faults.push(`secret ${name} is no file`);
  return faults;
}

export const composePolicy = {
  name: 'compose-policy',
  artefacts,
  faults: (file, { known, root }) => [...composeFaults(file, known), ...referenceFaults(file, join(root, 'deploy/compose'))],
  negatives: [
    { name: 'port open to others', of: FILE, says: /open to others/, spoil: spoilt(({ services }) => { services.mosquitto.ports = ['1883:1883']; }) },
    { name: 'secret in the environment', of: FILE, says: /secret into the environment/, spoil: spoilt(({ services }) => { services.dispatch.environment.QM_MQTT_PASSWORD = 'x'; }) },
    { name: 'may gain privileges', of: FILE, says: /may gain privileges/, spoil: spoilt(({ services }) => { services.redis.security_opt = []; }) },
    { name: 'does not wait', of: FILE, says: /does not wait for migrate/, spoil: spoilt(({ services }) => { services.dispatch.depends_on.migrate = { condition: 'service_started' }; }) },
    { name: 'one scheduler', of: FILE, says: /no two of scheduler/, spoil: spoilt(({ services }) => { delete services['scheduler-b']; }) },
    { name: 'network leads out', of: FILE, says: /network data leads out/, spoil: spoilt(({ networks }) => { networks.data = {}; }) },
    { name: 'no memory limit', of: FILE, says: /no memory limit/, spoil: spoilt(({ services }) => { delete services.collision.mem_limit; }) },
    { name: 'secret that is not there', of: FILE, says: /secrets has no rediss_password/, spoil: spoilt(({ services }) => { services.redis.secrets = ['rediss_password']; }) },
    { name: 'file that is not there', of: FILE, says: /there is no file/, spoil: spoilt(({ services }) => { services.nginx.volumes = ['../nginx/ngnix.conf:/etc/nginx/nginx.conf:ro']; }) },
    { name: 'address missing', of: FILE, says: /scheduler is given no QM_POSTGRES_URL/, spoil: spoilt(({ services }) => { delete services['scheduler-a'].environment.QM_POSTGRES_URL; }) },
  ],
};
