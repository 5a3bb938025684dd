import { wireAcknowledgementSchema, wireCommandSchema, wireConnectionSchema, wireLeaseSchema } from './control';

const command = { commandId: 'c-1', sequence: 4, epoch: 2, issuedAtMs: 1_760_000_000_000, ttlMs: 5000 };
const route = { kind: 'route', routeId: 'r-1', pathXyM: [0, 0, 1, 0], limitFromSM: [0], limitMps: [8.3], startSM: 0 };

it.each([{ kind: 'stop', reason: 'conflict ahead' }, { kind: 'resume' }, route, { kind: 'release', routeId: 'r-1', releasedToSM: 80 }])('a command to $kind is read', (params) => {
  expect(wireCommandSchema.parse({ ...command, params })).toEqual({ ...command, params });
});

it.each([
  ['without an id', { ...command, commandId: '', params: { kind: 'resume' } }], ['that never expires', { ...command, ttlMs: 0, params: { kind: 'resume' } }],
  ['of an epoch below 0', { ...command, epoch: -1, params: { kind: 'resume' } }], ['to do what is not known', { ...command, params: { kind: 'reverse' } }],
  ['to follow one point', { ...command, params: { ...route, pathXyM: [0, 0] } }], ['to stand still by speed limit', { ...command, params: { ...route, limitMps: [0] } }],
  ['to go no number far', { ...command, params: { kind: 'release', routeId: 'r-1', releasedToSM: null } }],
])('a command %s is refused', (_, message) => {
  expect(wireCommandSchema.safeParse(message).success).toBe(false);
});

it('a lease lapses', () => {
  expect(wireLeaseSchema.safeParse({ epoch: 1, sequence: 2, ttlMs: 3000 }).success).toBe(true);
  expect(wireLeaseSchema.safeParse({ epoch: 1, sequence: 2 }).success).toBe(false);
});

it('an acknowledgement says one of five states', () => {
  const acknowledgement = { commandId: 'c-1', vehicleId: 'T-1', bootId: 1, because: '', atMs: 5 };
  for (const state of ['received', 'running', 'finished', 'failed', 'rejected']) expect(wireAcknowledgementSchema.safeParse({ ...acknowledgement, state }).success).toBe(true);
  expect(wireAcknowledgementSchema.safeParse({ ...acknowledgement, state: 'dispatched' }).success).toBe(false);
});

it('a connection says one of three states', () => {
  const connection = { vehicleId: 'T-1', bootId: 1, modelId: 'agv', atMs: 5 };
  for (const state of ['ONLINE', 'OFFLINE', 'CONNECTION_BROKEN']) expect(wireConnectionSchema.safeParse({ ...connection, state }).success).toBe(true);
  expect(wireConnectionSchema.safeParse({ ...connection, state: 'HIBERNATING' }).success).toBe(false);
});
