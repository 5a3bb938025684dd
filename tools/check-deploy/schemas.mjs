import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// By its owner, as the YAML parser.
const require = createRequire(createRequire(import.meta.url).resolve('eslint/package.json'));
const Ajv = require('ajv');

const compiled = new Map();

/** Faults of a value by a JSON schema of draft 7 in the data folder; null if there is no such schema. */
export function schemaFaults(dataDir, schemaFile, value) {
  const path = join(dataDir, 'schemas', schemaFile);
  if (!compiled.has(path)) {
    if (!existsSync(path)) return null;
    const schema = JSON.parse(readFileSync(path, 'utf8'));
    // Some name their draft by an address that the validator does not know, and some an id that is none.
    delete schema.$schema;
    delete schema.$id;
    compiled.set(path, new Ajv({ allErrors: true, unknownFormats: 'ignore', jsonPointers: true, logger: false }).compile(schema));
  }
  const validate = compiled.get(path);
  return validate(value) ? [] : closest(validate.errors).map(({ dataPath, message, params }) => `${dataPath === '' ? '/' : dataPath} ${message}${detail(params)}`);
}

/** Of the errors of all alternatives, those that are about the deepest place: there the value is nearest to what is meant. */
function closest(errors) {
  const depth = ({ dataPath }) => dataPath.split('/').length;
  const deepest = Math.max(...errors.map(depth));
  return errors.filter((error) => depth(error) === deepest || error.keyword === 'additionalProperties').slice(0, 3);
}

function detail(params) {
  const named = params.additionalProperty ?? params.missingProperty ?? (params.allowedValues === undefined ? undefined : params.allowedValues.slice(0, 8).join(', '));
  return named === undefined ? '' : ` (${named})`;
}
