import type { Connection } from '@quaymaster/messages';
import fc from 'fast-check';
import { frame, madeAtMs } from '../testing/site-records';
import { FleetPicture, isStanding } from './fleet-picture';

const connection = (bootId: number, state: Connection['state']): Connection => ({ vehicleId: 'A', bootId, modelId: 'agv', state, atMs: madeAtMs });

describe('FleetPicture', () => {
  let picture: FleetPicture;

  beforeEach(() => { picture = new FleetPicture(); });

  it.each([
    { report: 'the next one', bootId: 5, sequence: 8, isNew: true },
    { report: 'the same one again', bootId: 5, sequence: 7, isNew: false },
    { report: 'an earlier one', bootId: 5, sequence: 6, isNew: false },
    { report: 'the first one after a restart', bootId: 6, sequence: 0, isNew: true },
    { report: 'a late one from before the restart', bootId: 4, sequence: 900, isNew: false },
  ])('answers $isNew to $report', ({ bootId, sequence, isNew }) => {
    expect(picture.report(frame('A', { bootId: 5, sequence: 7, xM: 1 }))).toBe(true);
    expect(picture.report(frame('A', { bootId, sequence, xM: 2 }))).toBe(isNew);
    expect(picture.get('A')?.frame.xM).toBe(isNew ? 2 : 1);
  });

  it('ends with the newest report of every vehicle, in whatever order they come', () => {
    const reports = fc.array(fc.record({ vehicleId: fc.constantFrom('A', 'B'), bootId: fc.nat(3), sequence: fc.nat(20) }), { minLength: 1, maxLength: 40 });
    fc.assert(fc.property(reports, (all) => {
      const any = new FleetPicture();
      for (const one of all) any.report(frame(one.vehicleId, one));
      for (const vehicleId of new Set(all.map((one) => one.vehicleId))) {
        const newest = Math.max(...all.filter((one) => one.vehicleId === vehicleId).map((one) => one.bootId * 100 + one.sequence));
        const known = any.get(vehicleId)!.frame;
        expect(known.bootId * 100 + known.sequence).toBe(newest);
      }
    }));
  });

  it('takes a vehicle offline by its last will and back by its next report', () => {
    picture.report(frame('A', { bootId: 5, sequence: 7 }));
    picture.connect(connection(5, 'CONNECTION_BROKEN'));
    expect(picture.get('A')?.online).toBe(false);
    expect(picture.report(frame('A', { bootId: 5, sequence: 7 }))).toBe(false);
    expect(picture.get('A')?.online).toBe(false);
    picture.report(frame('A', { bootId: 5, sequence: 8 }));
    expect(picture.get('A')?.online).toBe(true);
  });

  it('ignores a last will that comes after the vehicle was started anew', () => {
    picture.report(frame('A', { bootId: 5, sequence: 7 }));
    picture.report(frame('A', { bootId: 6, sequence: 0 }));
    picture.connect(connection(5, 'CONNECTION_BROKEN'));
    expect(picture.get('A')?.online).toBe(true);
  });

  it('takes a vehicle offline that signs off in good order, and online when it signs on', () => {
    picture.report(frame('A', { bootId: 5 }));
    picture.connect(connection(5, 'OFFLINE'));
    expect(picture.get('A')?.online).toBe(false);
    picture.connect(connection(6, 'ONLINE'));
    expect(picture.get('A')?.online).toBe(true);
  });

  it('knows nothing of a vehicle before its first report', () => {
    picture.connect(connection(5, 'ONLINE'));
    expect(picture.get('A')).toBeUndefined();
  });
});

it.each([[0, true], [0.049, true], [-0.049, true], [0.05, false], [-0.05, false], [8.3, false]])('takes %d m/s for standing: %s', (speedMps, standing) => {
  expect(isStanding(frame('A', { speedMps }))).toBe(standing);
});
