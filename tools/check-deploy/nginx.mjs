import { spawnSync } from 'node:child_process';
import { inFolder, layOut, NGINX, NGINX_TOOLS, readSet, sets } from './nginx-files.mjs';

const replaced = (part, from, to) => (set) => {
  const text = set[part].replace(from, to);
  if (text === set[part]) throw new Error(`${from} is not in it`);
  return { ...set, [part]: text };
};

export const nginxTest = {
  name: 'nginx-t',
  tools: NGINX_TOOLS,
  artefacts: ({ root }) => Object.keys(sets).map((name) => ({ name, value: readSet(root, name) })),
  faults: (set, { findTool }) => inFolder(async (dir) => {
    const file = await layOut(dir, set);
    const { status, stderr } = spawnSync(findTool(NGINX.tool, NGINX.install), ['-t', '-q', '-e', 'stderr', '-p', dir, '-c', file], { encoding: 'utf8' });
    const said = stderr.replaceAll(dir, '');
    return status === 0 && said.trim() === '' ? [] : [said === '' ? `nginx -t ends with ${status}` : said];
  }),
  negatives: [
    ['directive without its end', 'main', 'server_tokens off;', 'server_tokens off', /invalid number of arguments|directive/],
    ['misspelt directive', 'main', 'proxy_next_upstream error', 'proxy_nxt_upstream error', /unknown directive/],
    ['zone that is not there', 'main', 'limit_req zone=changes', 'limit_req zone=chnges', /zero size shared memory zone/],
    ['key that is not there', 'listen', '/run/secrets/https_key', '/nowhere/key', /cannot load certificate key/],
    ['upstream that is not there', 'upstream', 'upstream gateway', 'upstream gatewy', /host not found in upstream/],
  ].map(([name, part, from, to, says]) => ({ name, of: 'swarm', says, spoil: replaced(part, from, to) })),
};
