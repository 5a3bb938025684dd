const base = require('./jest.config.cjs');

/** Specs that need real servers, the data of others, or their tools. */
module.exports = { ...base, testMatch: ['<rootDir>/{libs,apps}/**/*.int.spec.ts'], testPathIgnorePatterns: ['/node_modules/', '/dist/'], testTimeout: 300_000, maxWorkers: 1 };
