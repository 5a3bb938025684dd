import { operatorRequestSchema } from '@quaymaster/messages';
import { approvePlan, clearIncident, pause, pauseRectangle, releaseHold, stopVehicle, submitMission } from './operator-actions';

/** What the gateway makes of a body; the schema is the scheduler's. */
const isTaken = (body: object): boolean => operatorRequestSchema.safeParse({ requestId: 'q', actor: 'a', requestedAtMs: 0, body }).success;

describe('operator actions', () => {
  it('make pauses that the scheduler takes, with a reason even where none was given', () => {
    for (const action of [
      pause({ kind: 'site' }), pause({ kind: 'zone', zoneId: 'YARD-1' }), pause({ kind: 'vehicles', vehicleIds: ['A'] }, ' fire drill '), pauseRectangle([0, 0, 10.123456, 5]),
    ]) expect(isTaken({ kind: 'pause', ...(action.call.body as object) })).toBe(true);
    expect(pause({ kind: 'site' }, ' fire\ndrill ').call.body).toMatchObject({ reason: 'fire drill' });
  });
  it('draw a rectangle counter-clockwise, to the centimetre', () => {
    expect(pauseRectangle([0, 0, 10.123456, 5]).call.body).toMatchObject({ scope: { kind: 'polygon', polygonXyM: [0, 0, 10.12, 0, 10.12, 5, 0, 5] } });
  });
  it('name their resources in the address, whatever the name holds', () => {
    expect(stopVehicle('A:1').call).toMatchObject({ method: 'POST', path: '/v1/vehicles/A%3A1/stop' });
    expect(clearIncident('INC/1', 'swept\nclean').call).toMatchObject({ path: '/v1/incidents/INC%2F1/clear', body: { note: 'swept clean' } });
    expect(approvePlan('INC-1', 'p').call).toMatchObject({ path: '/v1/incidents/INC-1/approve', body: { planId: 'p' } });
    expect(releaseHold('h 1', 'A').call).toEqual({ method: 'DELETE', path: '/v1/holds/h%201' });
  });
  it('submit a mission that the server names', () => {
    expect(submitMission({ pickup: 'QC-1', dropoff: 'YB-1', priority: 2 }).call.body).toEqual({ pickup: 'QC-1', dropoff: 'YB-1', priority: 2 });
  });
});
