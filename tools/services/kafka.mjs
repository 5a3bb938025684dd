import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { apt, findTool } from './find-tool.mjs';
import { cacheDir } from './folders.mjs';
import { run, startServer } from './run-process.mjs';

const require = createRequire(import.meta.url);
export const KAFKA_VERSION = '3.9.1';
const LOGGER_VERSION = '1.7.36';
const jarsDir = join(cacheDir, `kafka-${KAFKA_VERSION}`, 'lib');

/** What Maven needs to fetch the broker and all that it runs on. */
export const kafkaPom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>quaymaster</groupId><artifactId>kafka-server</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>${LOGGER_VERSION}</version></dependency>
  </dependencies>
</project>
`;

/**
 * One node that is broker and controller. Topics are made on purpose or not at all. The cleaner's buffer, by default half of this heap, and the number of
 * internal partitions are made to fit a machine that runs everything.
 */
export const kafkaConfig = ({ port, controllerPort, dataDir }) => `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
log.dirs=${dataDir}
auto.create.topics.enable=false
num.partitions=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms=0
log.segment.bytes=67108864
log.retention.hours=24
log.cleaner.dedupe.buffer.size=16777216
`;

/** Fetches the jars once. They come into place in one step, so that an interrupted fetch is no half cache. */
async function fetchJars(mavenPath, dir) {
  writeFileSync(join(dir, 'pom.xml'), kafkaPom);
  const partDir = `${jarsDir}.part-${process.pid}`;
  process.stderr.write(`kafka: fetching ${KAFKA_VERSION} from Maven Central, about 46 MB, once\n`);
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => ['HOME', 'JAVA_HOME', 'MAVEN_OPTS', 'MAVEN_ARGS'].includes(key)));
  try {
    const goal = ['-B', '-q', 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partDir}`];
    await run(mavenPath, goal, { cwd: dir, timeout: 600_000, env });
    mkdirSync(join(jarsDir, '..'), { recursive: true });
    rmSync(jarsDir, { recursive: true, force: true });
    renameSync(partDir, jarsDir);
  } finally {
    rmSync(partDir, { recursive: true, force: true });
  }
}

const hasJars = () => existsSync(jarsDir) && readdirSync(jarsDir).includes(`kafka_2.13-${KAFKA_VERSION}.jar`);
const classPath = join(jarsDir, '*');

export const kafka = {
  name: 'kafka',
  ports: ['port', 'controllerPort'],
  startLimitMs: 60_000,
  stopLimitMs: 15_000,

  find() {
    const javaPath = findTool('java', apt('openjdk-17-jre-headless'));
    return { javaPath, mavenPath: hasJars() ? null : findTool('mvn', apt('maven')), version: KAFKA_VERSION };
  },

  async prepare({ tools, dir, ports }) {
    const dataDir = join(dir, 'data');
    mkdirSync(dataDir, { recursive: true });
    if (!hasJars()) await fetchJars(tools.mavenPath, dir);
    else writeFileSync(join(dir, 'pom.xml'), kafkaPom);
    writeFileSync(join(dir, 'server.properties'), kafkaConfig({ ...ports, dataDir }));
    const format = ['-Xmx256m', '-cp', classPath, 'kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', join(dir, 'server.properties')];
    await run(tools.javaPath, format, { cwd: dir, timeout: 60_000 });
    return {};
  },

  start: ({ tools, dir, logFile }) => startServer(tools.javaPath, [
    '-Xmx256m', '-XX:+ExitOnOutOfMemoryError', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', classPath, 'kafka.Kafka', join(dir, 'server.properties'),
  ], { cwd: dir, logFile }),

  async answers({ ports }) {
    const { Kafka, logLevel } = require('kafkajs');
    const admin = new Kafka({
      clientId: 'quaymaster-services', brokers: [`127.0.0.1:${ports.port}`], logLevel: logLevel.NOTHING,
      connectionTimeout: 2000, requestTimeout: 5000, retry: { retries: 0 },
    }).admin();
    try {
      await admin.connect();
      const { controller, brokers } = await admin.describeCluster();
      return controller !== null && brokers.length === 1 && KAFKA_VERSION;
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  },

  env: ({ ports }) => ({ QM_KAFKA_BROKERS: `127.0.0.1:${ports.port}` }),
};

/** 128 random bits as Kafka writes them. A leading hyphen would read as an option. */
function clusterId() {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}
