import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandFaults } from './pipeline-commands.mjs';
import { readYaml } from './read-yaml.mjs';
import { schemaFaults } from './schemas.mjs';
import { imageFault } from './settings.mjs';

const FILE = '.gitlab-ci.yml';
const STAGES = ['check', 'build', 'test', 'package', 'deploy'];
const GLOBAL = new Set(['workflow', 'stages', 'variables', 'default', 'include', 'image', 'services', 'cache', 'before_script', 'after_script']);
const isMap = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** As GitLab does it: maps are merged, everything else is replaced. */
function merged(base, over) {
  const result = { ...base };
  for (const [key, value] of Object.entries(over)) result[key] = isMap(value) && isMap(base[key]) ? merged(base[key], value) : value;
  return result;
}

function expanded(file, name) {
  const job = file[name];
  const parents = job.extends === undefined ? [] : [job.extends].flat();
  const base = parents.reduce((all, parent) => {
    if (!isMap(file[parent])) throw new Error(`${name} extends ${parent}, which is not there`);
    return merged(all, expanded(file, parent));
  }, {});
  const { extends: _parents, ...own } = job;
  return merged(base, own);
}

/** The jobs that run, as they are once everything is merged. */
function jobsOf(file) {
  const names = Object.keys(file).filter((name) => !GLOBAL.has(name) && !name.startsWith('.'));
  return new Map(names.map((name) => [name, merged(file.default ?? {}, expanded(file, name))]));
}

function jobFaults(name, job, jobs, context) {
  const faults = [];
  const stageOf = (other) => STAGES.indexOf(jobs.get(other)?.stage);
  if (!STAGES.includes(job.stage)) faults.push(`${job.stage} is no stage`);
  if (!Array.isArray(job.script)) faults.push('it runs nothing');
  if (job.only !== undefined || job.except !== undefined) faults.push('only/except cannot say what rules can');
  for (const need of job.needs ?? []) {
    if (!jobs.has(need)) faults.push(`it needs ${need}, which is not there`);
    else if (stageOf(need) > STAGES.indexOf(job.stage)) faults.push(`it needs ${need} of a later stage`);
  }
  const images = [job.image, ...(job.services ?? [])].map((entry) => (isMap(entry) ? entry.name : entry)).filter((image) => image !== undefined);
  faults.push(...images.map(imageFault).filter((fault) => fault !== null));
  if (job.timeout === undefined) faults.push('it may run for as long as it likes');
  if (job.stage === 'deploy') {
    if (job.environment === undefined) faults.push('it deploys to nowhere');
    if (job.resource_group === undefined) faults.push('two of it may deploy at the same time');
    if (job.interruptible !== false) faults.push('it may be cut short in the middle of a deployment');
    if ((job.rules ?? []).length === 0) faults.push('it deploys every commit');
  }
  return [...faults, ...variableFaults(job.variables), ...commandFaults([job.before_script, job.script, job.after_script].flat().filter((line) => line !== undefined), context)].map((text) => `${name}: ${text}`);
}

function variableFaults(variables) {
  return Object.entries(variables ?? {})
    .filter(([key, value]) => /(PASSWORD|TOKEN|SECRET|KEY)$/.test(key) && !String(value).startsWith('$') && value !== '')
    .map(([key]) => `${key} is a secret in the repository`);
}

/** Who may go where, and by whose hand. */
function flowFaults(jobs) {
  const faults = [];
  const to = (pattern) => [...jobs].filter(([, { environment }]) => pattern.test(isMap(environment) ? environment.name : environment ?? ''));
  const production = to(/^production$/);
  if (production.length === 0) faults.push('nothing deploys to production');
  for (const [name, { rules = [] }] of production) {
    for (const { if: condition = '', when } of rules) {
      if (when !== 'manual') faults.push(`${name}: it goes to production by itself`);
      if (!/CI_COMMIT_TAG/.test(condition) || !/CI_COMMIT_REF_PROTECTED == "true"/.test(condition)) faults.push(`${name}: it takes to production what is no protected tag`);
    }
  }
  const deploys = production.find(([, { script }]) => script.some((line) => /deploy\.sh/.test(line)));
  if (deploys?.[1].rules.some(({ allow_failure: mayFail }) => mayFail !== false)) faults.push(`${deploys[0]}: a release is green before it is out (allow_failure: false)`);
  if (!production.some(([, { script }]) => script.some((line) => /rollback\.sh/.test(line)))) faults.push('nothing takes production back');
  const staging = to(/^staging$/);
  const byHand = ({ if: condition = '', when }) => when === 'manual' || !condition.includes('$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH');
  if (staging.length !== 1 || staging[0][1].rules.some(byHand)) faults.push('staging does not follow the default branch by itself');
  const review = to(/^review\//).find(([, { environment }]) => environment.action !== 'stop');
  const { on_stop: stop, auto_stop_in: after } = review?.[1].environment ?? {};
  if (stop === undefined || after === undefined) faults.push('review environments are never ended');
  else if (jobs.get(stop)?.environment?.action !== 'stop') faults.push(`${stop} does not stop the review environment`);
  return faults;
}

function gitlabFaults(file, context) {
  const jobs = jobsOf(file);
  const faults = [];
  if (JSON.stringify(file.stages) !== JSON.stringify(STAGES)) faults.push(`stages are not ${STAGES.join(', ')}`);
  if ((file.workflow?.rules ?? []).length === 0) faults.push('branches with a merge request run twice (workflow)');
  for (const stage of STAGES) if (![...jobs.values()].some((job) => job.stage === stage)) faults.push(`stage ${stage} is empty`);
  faults.push(...variableFaults(file.variables));
  for (const [name, job] of jobs) faults.push(...jobFaults(name, job, jobs, context));
  return [...faults, ...flowFaults(jobs)];
}

const artefacts = ({ root }) => [{ name: FILE, value: readYaml(join(root, FILE)) }];
const spoilt = (change) => (file) => { change(file); return file; };

export const gitlabSchema = {
  name: 'gitlab-schema',
  needsData: true,
  artefacts,
  faults: (file, { dataDir }) => schemaFaults(dataDir, 'python-jsonschema__check-jsonschema/vendor/gitlab-ci.json', file) ?? ['the data folder has no schema of GitLab'],
  negatives: [
    { name: 'misspelt key of a job', of: FILE, says: /scrpt/, spoil: spoilt((file) => { file.unit.scrpt = ['x']; }) },
    { name: 'when that is none', of: FILE, says: /when/, spoil: spoilt((file) => { file.production.rules[0].when = 'by-hand'; }) },
  ],
};

export const gitlabPolicy = {
  name: 'gitlab-policy',
  artefacts,
  faults: (file, { root }) => gitlabFaults(file, { has: (path) => existsSync(join(root, path)), scripts: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts }),
  negatives: [
    ['production by itself', /by itself/, (file) => { file.production.rules[0].when = 'on_success'; }],
    ['production from a branch', /no protected tag/, (file) => { file.production.rules[0].if = '$CI_COMMIT_BRANCH'; }],
    ['release green before it is out', /green before it is out/, (file) => { file.production.rules[0].allow_failure = true; }],
    ['two deployments at a time', /same time/, (file) => { delete file.staging.resource_group; }],
    ['deployment cut short', /cut short/, (file) => { file['.cluster'].interruptible = true; }],
    ['no rollback', /takes production back/, (file) => { delete file['rollback-production']; }],
    ['staging by hand', /staging does not follow/, (file) => { file.staging.rules[0].when = 'manual'; }],
    ['review for ever', /never ended/, (file) => { delete file.review.environment.auto_stop_in; }],
    ['need that is not there', /needs imge/, (file) => { file.staging.needs = ['imge']; }],
    ['need of a later stage', /later stage/, (file) => { file.build.needs = ['unit']; }],
    ['parent that is not there', /extends \.nmp/, (file) => { file.unit.extends = '.nmp'; }],
    ['script that is not there', /npm run chek/, (file) => { file.code.script = ['npm run chek']; }],
    ['file that is not there', /deploy\/k8s\/deply\.sh/, (file) => { file.staging.script = ['deploy/k8s/deply.sh staging x y']; }],
    ['moving image', /not pinned/, (file) => { file.default.image = 'node:lts'; }],
    ['secret in the file', /secret in the repository/, (file) => { file.variables.REGISTRY_TOKEN = 'abc'; }],
    ['install scripts of packages', /install scripts/, (file) => { file['.npm'].before_script = ['npm ci']; }],
    ['wrong stages', /stages are not/, (file) => { file.stages = ['build', 'check', 'test', 'package', 'deploy']; }],
  ].map(([name, says, change]) => ({ name, of: FILE, says, spoil: spoilt(change) })),
};
