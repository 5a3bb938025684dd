const { readFileSync } = require('node:fs');
const { compilerOptions } = JSON.parse(readFileSync(`${__dirname}/tsconfig.base.json`, 'utf8'));

/** Workspace packages resolve to their sources, so that a test never runs a stale build. */
const moduleNameMapper = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([name, [file]]) => [`^${name}$`, `<rootDir>/${file.slice(2)}`]),
);

module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{libs,apps,tools,regression}/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.(int|services)\\.spec\\.ts$'],
  modulePathIgnorePatterns: ['/dist/'],
  transform: { '^.+\\.[cm]?tsx?$': ['@swc/jest', JSON.parse(readFileSync(`${__dirname}/.swcrc`, 'utf8'))] },
  moduleNameMapper,
  setupFiles: ['<rootDir>/tools/quiet-nest.cjs', '<rootDir>/tools/seed-properties.cjs'],
  cacheDirectory: '<rootDir>/.cache/jest',
  maxWorkers: 2,
  testTimeout: 30_000,
};
