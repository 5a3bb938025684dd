import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// By its owner, whose version of it the lockfile fixes: the parser is no dependency of this repository's own.
const require = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'));
const { CORE_SCHEMA, load, loadAll, mergeTag } = require('js-yaml');

/** YAML 1.2, where `on` is a word, with the merge keys that compose files live by. A key that is there twice is an error. */
const schema = CORE_SCHEMA.withTags(mergeTag);

export const parseYaml = (text) => load(text, { schema });

/** The documents of a stream, empty ones left out. */
export const parseYamlStream = (text) => loadAll(text, undefined, { schema }).filter((document) => document !== null && document !== undefined);

export const readYaml = (file) => parseYaml(readFileSync(file, 'utf8'));
