import { execFileSync, spawnSync } from 'node:child_process';
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { apt, findTool, MissingToolError } from './find-tool.mjs';
import { startServer } from './run-process.mjs';
import { secret } from './secret.mjs';

const require = createRequire(import.meta.url);
const INSTALL = apt('mosquitto');
const PLUGIN = 'mosquitto_dynamic_security.so';
const PLUGIN_FOLDERS = ['/usr/lib', '/usr/lib64', '/usr/local/lib', '/opt/homebrew/lib'];
export const ADMIN = 'quaymaster';

/** Rounds with which the plugin derives its keys. */
const PBKDF2_ROUNDS = 101;

function findPlugin() {
  try {
    const files = execFileSync('dpkg', ['-L', 'mosquitto'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n');
    const file = files.find((path) => path.endsWith(`/${PLUGIN}`));
    if (file !== undefined) return file;
  } catch { /* not a Debian package */ }
  const found = PLUGIN_FOLDERS.map((folder) => join(folder, PLUGIN)).find((path) => existsSync(path));
  if (found === undefined) throw new MissingToolError(PLUGIN, INSTALL);
  return found;
}

/**
 * Commands do not live in the broker; what it saves only makes fewer messages come twice or never after a crash. It saves once a second and not at each change
 * (`autosave_on_changes`): then it writes its whole database for every message that waits for an acknowledgement, and a few thousand a second take it a core.
 * Queues are bounded, and deeper than the broker's own limit, at which it drops in silence.
 */
export const mosquittoConfig = ({ port, dataDir, pluginPath, securityFile, user }) => `listener ${port} 127.0.0.1
allow_anonymous false
plugin ${pluginPath}
plugin_opt_config_file ${securityFile}
${user === undefined ? '' : `user ${user}\n`}persistence true
persistence_location ${dataDir}/
autosave_interval 1
autosave_on_changes false
max_packet_size 262144
max_queued_messages 10000
max_inflight_messages 1000
set_tcp_nodelay true
log_dest stderr
log_type error
log_type warning
log_type notice
connection_messages false
`;

/**
 * First state of the dynamic security plugin: one client that may do everything, among it make and change the others. Written here and not with the broker's
 * own tool, so that the password stands in no command line.
 */
export function securityState(password, salt) {
  const everything = ['#', '$CONTROL/#', '$SYS/#'];
  const shared = ['#', '$CONTROL/#', '$SYS/#', '$share/#'];
  const allow = (acltype, topics) => topics.map((topic) => ({ acltype, topic, priority: 0, allow: true }));
  return {
    defaultACLAccess: { publishClientSend: false, publishClientReceive: true, subscribe: false, unsubscribe: true },
    clients: [{
      username: ADMIN, textName: 'administrator', roles: [{ rolename: 'admin' }],
      password: pbkdf2Sync(password, salt, PBKDF2_ROUNDS, 64, 'sha512').toString('base64'), salt: salt.toString('base64'), iterations: PBKDF2_ROUNDS,
    }],
    groups: [],
    roles: [{
      rolename: 'admin',
      acls: [
        ...allow('publishClientSend', everything), ...allow('publishClientReceive', everything),
        ...allow('subscribePattern', shared), ...allow('unsubscribePattern', shared),
      ],
    }],
  };
}

export const mosquitto = {
  name: 'mosquitto',
  ports: ['port'],
  startLimitMs: 10_000,

  find() {
    const serverPath = findTool('mosquitto', INSTALL);
    const pluginPath = findPlugin();
    // It prints its version with its usage, and says by its exit code that it did not start.
    const { stdout, stderr } = spawnSync(serverPath, ['-h'], { encoding: 'utf8' });
    return { serverPath, pluginPath, version: /version (\S+)/.exec(`${stdout}${stderr}`)?.[1] ?? 'unknown' };
  },

  async prepare({ tools, dir, ports }) {
    const password = secret();
    const dataDir = join(dir, 'data');
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const securityFile = join(dataDir, 'dynamic-security.json');
    writeFileSync(securityFile, JSON.stringify(securityState(password, randomBytes(12)), null, 2), { mode: 0o600 });
    // Root would step down to a user who may not enter this folder.
    const user = process.getuid?.() === 0 ? 'root' : undefined;
    writeFileSync(join(dir, 'mosquitto.conf'), mosquittoConfig({ port: ports.port, dataDir, pluginPath: tools.pluginPath, securityFile, user }), { mode: 0o600 });
    return { password };
  },

  start: ({ tools, dir, logFile }) => startServer(tools.serverPath, ['-c', join(dir, 'mosquitto.conf')], { cwd: dir, logFile }),

  /** Reads the version that the broker keeps on a topic: connection, password, permission and delivery in one. */
  answers({ ports, made }) {
    const { connect } = require('mqtt');
    return new Promise((resolve, reject) => {
      const client = connect({
        host: '127.0.0.1', port: ports.port, protocol: 'mqtt', protocolVersion: 5, username: ADMIN, password: made.password,
        reconnectPeriod: 0, connectTimeout: 2000,
      });
      // Settled before the connection is closed: closing is heard as a failure below.
      const end = (settle, value) => { settle(value); client.end(true); };
      client.once('error', (error) => { end(reject, error); });
      client.once('close', () => { reject(new Error('the broker closed the connection')); });
      client.once('connect', () => { client.subscribe('$SYS/broker/version', (error) => { if (error) end(reject, error); }); });
      client.once('message', (_topic, payload) => { end(resolve, /(\d\S*)/.exec(payload.toString())[1]); });
    });
  },

  env: ({ ports, made }) => ({ QM_MQTT_URL: `mqtt://127.0.0.1:${ports.port}`, QM_MQTT_USERNAME: ADMIN, QM_MQTT_PASSWORD: made.password }),
};
