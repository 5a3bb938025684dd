import type { GatewayStage } from './gateway-stage';

/** An operation as the API describes itself, with an address that can be called. */
export interface DescribedOperation {
  readonly id: string;
  readonly method: string;
  /** As in the description, e.g. `/v1/vehicles/{vehicleId}`. */
  readonly path: string;
  /** With something in place of each parameter. */
  readonly address: string;
  readonly role: string;
  readonly hasBody: boolean;
}

interface Described { operationId: string; description?: string; requestBody?: unknown }

/** Every operation of the REST interface, from its own description; the live connection is not one. */
export async function describedOperations(stage: GatewayStage): Promise<DescribedOperation[]> {
  const { body } = await stage.get('/openapi.json', '');
  const paths = body['paths'] as Record<string, Record<string, Described>>;
  return Object.entries(paths).filter(([path]) => path !== '/v1/live').flatMap(([path, byMethod]) => Object.entries(byMethod).map(([method, operation]) => ({
    id: operation.operationId, method: method.toUpperCase(), path, address: path.replace(/\{\w+\}/g, 'nobody'),
    role: /role (\w+)/.exec(operation.description ?? '')?.[1] ?? '', hasBody: operation.requestBody !== undefined,
  })));
}
