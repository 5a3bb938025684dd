import { builtinModules } from 'node:module';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const kernelFiles = ['libs/kernels/*/src/**/*.ts'];
const impure = (name, because) => ({ name, message: because });

/** Direction of imports. Specs run on the real embedded adapters, so they may name what the code beside them must not. */
const boundaries = (alsoForSpecs) => ['error', {
  enforceBuildableLibDependency: false,
  allow: [],
  depConstraints: [
    { sourceTag: 'platform:any', onlyDependOnLibsWithTags: ['platform:any'] },
    { sourceTag: 'platform:web', onlyDependOnLibsWithTags: ['platform:web', 'platform:any'] },
    { sourceTag: 'platform:node', onlyDependOnLibsWithTags: ['platform:node', 'platform:any'] },
    { sourceTag: 'type:kernel', onlyDependOnLibsWithTags: ['type:kernel'], allowedExternalImports: ['earcut', 'robust-predicates', 'clipper-lib', 'fast-check'] },
    { sourceTag: 'type:protocol', onlyDependOnLibsWithTags: ['type:protocol', 'type:kernel'], bannedExternalImports: ['@nestjs/*', 'typeorm', 'kafkajs'] },
    { sourceTag: 'type:port', onlyDependOnLibsWithTags: ['type:protocol', 'type:kernel'], allowedExternalImports: [] },
    { sourceTag: 'type:adapter', onlyDependOnLibsWithTags: ['type:port', 'type:protocol', ...alsoForSpecs] },
    { sourceTag: 'type:nest', onlyDependOnLibsWithTags: ['type:port', 'type:protocol', ...alsoForSpecs] },
    {
      sourceTag: 'type:feature', onlyDependOnLibsWithTags: ['type:nest', 'type:port', 'type:protocol', 'type:kernel', ...alsoForSpecs],
      bannedExternalImports: ['kafkajs', 'ioredis', '@clickhouse/*', 'chdb', 'aedes'],
    },
    { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:feature', 'type:nest', 'type:adapter', 'type:port', 'type:protocol', 'type:kernel'] },
    { sourceTag: 'type:entry', onlyDependOnLibsWithTags: ['type:app', 'type:feature', 'type:nest', 'type:adapter', 'type:port', 'type:protocol', 'type:kernel'] },
  ],
}];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/generated/**', '**/node_modules/**', '.nx/**', '.cache/**', 'coverage/**', '**/*.mjs', '**/*.cjs', '**/*.js'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.strictTypeChecked,
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parserOptions: { project: ['./tsconfig.json', './apps/console/tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx },
    rules: {
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // Index loops over typed arrays read `a[i]!`: the bound is the loop's, and a check per element would cost in every kernel.
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      '@nx/enforce-module-boundaries': boundaries([]),
    },
  },
  {
    files: kernelFiles,
    ignores: ['**/*.spec.ts', '**/*.bench.ts'],
    rules: {
      'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }],
      'no-restricted-imports': ['error', { paths: builtinModules, patterns: ['node:*'] }],
      'no-restricted-globals': ['error',
        ...['Date', 'process', 'console', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'Buffer', 'fetch', 'performance', 'crypto']
          .map((name) => impure(name, 'kernels are pure: no clock, no I/O, no environment'))],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'kernels take a seed' }],
    },
  },
  {
    files: ['**/*.spec.ts', '**/*.bench.ts', 'libs/ports/testing/**'],
    rules: {
      'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }],
      'no-restricted-properties': ['error',
        ...['it', 'test', 'describe'].flatMap((object) => ['only', 'skip', 'todo'].map((property) => ({ object, property, message: 'every test runs' })))],
    },
  },
  { files: ['libs/{features,adapters,nest-platform}/**/*.{spec,bench}.ts', 'libs/features/*/testing/**/*.ts'], rules: { '@nx/enforce-module-boundaries': boundaries(['type:adapter']) } },
  { files: ['**/*.bench.ts'], rules: { 'no-console': 'off' } },
);
