/** Rules for the commands of a pipeline, whoever runs it: scripts that are there, dependencies from the lockfile, nothing fetched and run. */
export function commandFaults(lines, { has, scripts }) {
  const faults = [];
  for (const line of lines.flatMap((text) => text.split('\n'))) {
    for (const [, name] of line.matchAll(/\bnpm run(?: -s)? ([\w:-]+)/g)) if (!(name in scripts)) faults.push(`npm run ${name}: package.json has no such script`);
    if (/\bnpm test\b/.test(line) && !('test' in scripts)) faults.push('package.json has no test');
    for (const [path] of line.matchAll(/(?<![\w./-])(?:\.ci|\.github|deploy|tools)\/[\w./-]+/g)) if (!has(path)) faults.push(`${path} is not there`);
    if (/\bnpm (install|i)\b/.test(line)) faults.push('npm install takes what is newest; npm ci takes what the lockfile says');
    if (/\bnpm ci\b/.test(line) && !line.includes('--ignore-scripts')) faults.push('npm ci would run install scripts of packages');
    if (/(curl|wget)\b.*\|\s*(ba|da)?sh\b/.test(line)) faults.push('it runs what it fetches');
  }
  return faults;
}
