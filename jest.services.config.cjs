const base = require('./jest.config.cjs');

/** Specs that talk to the real servers of `npm run services -- up`. */
module.exports = {
  ...base, testMatch: ['<rootDir>/{libs,apps,tools}/**/*.services.spec.ts'], testPathIgnorePatterns: ['/node_modules/', '/dist/'], testTimeout: 120_000, maxWorkers: 1,
};
