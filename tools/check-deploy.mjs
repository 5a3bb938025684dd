// Judges everything that deploys the product, without an engine, a cluster or the net: `npm run check:deploy`.
//
// Prints `validator artefact ok|FAILED|skipped reason`, one line each, and ends with 1 if anything failed. Each validator must also refuse what has been spoilt on
// purpose (`negative:…`). Schemas are read from the folder that QM_DATA_DIR names; without it what needs them is skipped by name, or fails with QM_REQUIRE_DATA=1.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { composeConfig, composePolicy, composeSchema } from './check-deploy/compose.mjs';
import { dockerfile } from './check-deploy/dockerfile.mjs';
import { githubPolicy, githubSchema } from './check-deploy/github.mjs';
import { gitlabPolicy, gitlabSchema } from './check-deploy/gitlab.mjs';
import { kubernetesPolicy } from './check-deploy/kubernetes-policy.mjs';
import { kubernetesSchema, kustomize } from './check-deploy/kustomize.mjs';
import { nginxBehaviour } from './check-deploy/nginx-behaviour.mjs';
import { nginxTest } from './check-deploy/nginx.mjs';
import { roleNeeds } from './check-deploy/role-needs.mjs';
import { runValidators } from './check-deploy/run-validators.mjs';
import { knownKeys } from './check-deploy/settings.mjs';
import { shell } from './check-deploy/shell.mjs';
import { swarmConfig, swarmPolicy } from './check-deploy/swarm.mjs';
import { findTool } from './services/find-tool.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dataDir = process.env.QM_DATA_DIR;
const context = {
  root, findTool, known: knownKeys(root),
  dataDir: dataDir !== undefined && existsSync(join(dataDir, 'schemas')) ? dataDir : undefined,
  requiresData: process.env.QM_REQUIRE_DATA === '1',
};
const validators = [
  roleNeeds, dockerfile, composeSchema, composeConfig, composePolicy, swarmConfig, swarmPolicy, kustomize, kubernetesSchema, kubernetesPolicy, nginxTest,
  nginxBehaviour, gitlabSchema, gitlabPolicy, githubSchema, githubPolicy, shell,
];
const count = await runValidators(validators, context, (line) => { console.log(line); });
console.log(`deploy: ${count.ok} passed, ${count.FAILED} failed, ${count.skipped} skipped`);
process.exitCode = count.FAILED === 0 ? 0 : 1;
