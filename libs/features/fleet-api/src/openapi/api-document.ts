import { RequestMethod } from '@nestjs/common';
import { conflictSchema, deviationSchema, frameSchema, holdSchema, incidentSchema, missionSchema, runningPlanSchema, vehicleModelSchema, vehicleStatusSchema } from '@quaymaster/messages';
import { titleOf } from '@quaymaster/nest-platform';
import { z } from 'zod';
import { type OperationSpec, operationOf } from '../http/operation';
import { KEY_LENGTH_MAX } from '../http/valid';
import { requestAnswerSchema } from '../requests/request-answer';
import { vehicleViewSchema } from '../registry/vehicle-view';

/** An OpenAPI document as JSON. */
export type ApiDocument = Readonly<Record<string, unknown>>;

interface Route { readonly method: string; readonly path: string; readonly name: string; readonly spec: OperationSpec }
type Json = Readonly<Record<string, unknown>>;

const problemSchema = z.object({
  type: z.string(), title: z.string(), status: z.number().int(), code: z.string().describe('Stable; what to decide by'), detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** Schemas that more than one route has, by the names of their components. */
const SHARED: readonly (readonly [string, z.ZodType])[] = [
  ['Problem', problemSchema], ['Vehicle', vehicleViewSchema], ['VehicleModel', vehicleModelSchema], ['VehicleStatus', vehicleStatusSchema], ['Frame', frameSchema],
  ['Mission', missionSchema], ['Incident', incidentSchema], ['Hold', holdSchema], ['RunningPlan', runningPlanSchema], ['Conflict', conflictSchema],
  ['Deviation', deviationSchema], ['RequestAnswer', requestAnswerSchema],
];

/** Describes the routes of the given controllers, as OpenAPI 3.1, from the same schemas that check requests. */
export function describeApi(controllers: readonly (abstract new (...args: never[]) => unknown)[], version: string): ApiDocument {
  const routes = controllers.flatMap(routesOf);
  const components = componentsOf(routes);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = (paths[route.path] ??= {});
    path[route.method] = describeRoute(route, components);
  }
  paths['/v1/live'] = { get: LIVE };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Quaymaster', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: 'Fleet control plane for a port. Lengths in metres, angles in radians, instants in milliseconds since the Unix epoch. '
        + 'A stop is a controlled stop request; the safety system of the vehicle remains responsible.',
    },
    security: [{ token: [] }],
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } }, schemas: components.schemas },
  };
}

const LIVE: Json = {
  operationId: 'openLive', summary: 'WebSocket: a snapshot, then versioned changes as text, positions as binary messages. The token may be given as `token` in the query',
  parameters: [{ name: 'token', in: 'query', required: false, schema: { type: 'string' } }],
  responses: { 101: { description: 'The connection is a WebSocket from here on' }, 401: problemResponse(401), 503: problemResponse(503) },
};

interface Components { readonly schemas: Json; nameOf(schema: z.ZodType): string }

function componentsOf(routes: readonly Route[]): Components {
  const names = new Map<z.ZodType, string>();
  const registries = { input: z.registry<{ id: string }>(), output: z.registry<{ id: string }>() };
  const enrol = (schema: z.ZodType | undefined, id: string, io: 'input' | 'output'): void => {
    if (schema === undefined || names.has(schema)) return;
    names.set(schema, id);
    registries[io].add(schema, { id });
  };
  for (const [id, schema] of SHARED) enrol(schema, id, 'output');
  for (const { name, spec } of routes) {
    enrol(spec.answer, `${capital(name)}Answer`, 'output');
    enrol(spec.body, `${capital(name)}Body`, 'input');
  }
  const uri = (id: string): string => `#/components/schemas/${id}`;
  const schemas: Record<string, unknown> = {};
  for (const io of ['input', 'output'] as const) {
    for (const [id, schema] of Object.entries(z.toJSONSchema(registries[io], { uri, io }).schemas)) schemas[id] = bare(schema);
  }
  return { schemas, nameOf: (schema) => names.get(schema)! };
}

function describeRoute({ method, name, spec }: Route, components: Components): Json {
  const isMutation = method !== 'get';
  const problems: Record<string, number> = {
    QM_REQUEST_INVALID: 400, QM_UNAUTHENTICATED: 401, QM_FORBIDDEN: 403, QM_INTERNAL: 500, ...(isMutation ? MUTATION_PROBLEMS : {}),
    ...(spec.body === undefined ? {} : { QM_BODY_TOO_LARGE: 413, QM_CONTENT_TYPE: 415 }), ...spec.problems,
  };
  const responses: Record<string, unknown> = {};
  const answer = { description: 'Done', content: { 'application/json': { schema: reference(components.nameOf(spec.answer)) } } };
  responses[String(spec.status ?? 200)] = answer;
  if (spec.answer === requestAnswerSchema) {
    responses['202'] = { ...answer, description: 'Taken; `outcome` is `pending` while the scheduler has not answered, and `Location` says where to ask again' };
  }
  for (const status of new Set(Object.values(problems))) {
    responses[String(status)] = problemResponse(status, Object.keys(problems).filter((code) => problems[code] === status));
  }
  return {
    operationId: name, summary: spec.summary, description: `Needs the role ${spec.role} or a higher one.`,
    parameters: [
      ...parametersOf(spec.params, 'path'), ...parametersOf(spec.query, 'query'),
      ...(isMutation ? [{ name: 'Idempotency-Key', in: 'header', required: true, schema: { type: 'string', minLength: 1, maxLength: KEY_LENGTH_MAX }, description: 'The same key is the same change' }] : []),
    ],
    ...(spec.body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: reference(components.nameOf(spec.body)) } } } }),
    responses,
  };
}

const MUTATION_PROBLEMS: Readonly<Record<string, number>> = {
  QM_IDEMPOTENCY_KEY_MISSING: 400, QM_IDEMPOTENCY_KEY_INVALID: 400, QM_IDEMPOTENCY_CONFLICT: 409, QM_STORE_UNAVAILABLE: 503,
};

function parametersOf(schema: z.ZodObject | undefined, where: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties, required } = bare(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })) as { properties?: Record<string, Json>; required?: string[] };
  const output = bare(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' })) as { properties?: Record<string, Json> };
  return Object.keys(properties ?? {}).map((name) => {
    // A number of the query comes as text; the schema of what it is turned into says more.
    const { description, ...rest } = output.properties?.[name] ?? properties?.[name] ?? {};
    return { name, in: where, required: where === 'path' || (required?.includes(name) ?? false) && rest['default'] === undefined && isRequired(schema, name), schema: rest, ...(description === undefined ? {} : { description }) };
  });
}

function isRequired(schema: z.ZodObject, name: string): boolean {
  return !(schema.shape[name] as z.ZodType).safeParse(undefined).success;
}

function problemResponse(status: number, codes: readonly string[] = []): Json {
  const description = codes.length === 0 ? titleOf(status) : `${titleOf(status)}: ${codes.join(', ')}`;
  return { description, content: { 'application/problem+json': { schema: reference('Problem') } } };
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function bare(schema: object): Json {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id' && key !== 'id'));
}

function capital(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** The routes of a controller as Nest will register them. */
function routesOf(controller: abstract new (...args: never[]) => unknown): Route[] {
  const base = Reflect.getMetadata('path', controller) as string;
  const prototype = controller.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((name): Route[] => {
    const handler = prototype[name];
    if (name === 'constructor' || typeof handler !== 'function') return [];
    const spec = operationOf(handler);
    if (spec === undefined) return [];
    const path = [base, Reflect.getMetadata('path', handler) as string].flatMap((part) => part.split('/')).filter((part) => part !== '').join('/');
    const method = RequestMethod[Reflect.getMetadata('method', handler) as number]!.toLowerCase();
    return [{ method, path: `/${path.replace(/:(\w+)/g, '{$1}')}`, name, spec }];
  });
}
