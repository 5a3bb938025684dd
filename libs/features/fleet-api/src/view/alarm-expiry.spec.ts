import { ManualClock } from '@quaymaster/clock';
import { type Conflict, type Deviation, type Heartbeat } from '@quaymaster/messages';
import { AlarmExpiry } from './alarm-expiry.service';
import { FleetView } from './fleet-view.service';

describe('AlarmExpiry', () => {
  let clock: ManualClock;
  let view: FleetView;
  let expiry: AlarmExpiry;
  const told: string[] = [];
  const conflict = (phase: Conflict['phase']): Conflict => ({
    conflictId: 'C-1', phase, a: 'A', b: 'B', severity: 'warning', timeToContactS: 4, xM: 1, yM: 2, observedAtMs: clock.nowMs(),
  });
  const deviation = (phase: Deviation['phase']): Deviation => ({
    deviationId: 'D-1', phase, vehicleId: 'A', kind: 'lateral', size: 1.2, xM: 1, yM: 2, observedAtMs: clock.nowMs(),
  });
  const beat = (service: Heartbeat['service'] = 'collision'): void => { expiry.hear({ service, instance: '', epoch: 0, atMs: clock.nowMs(), isLeaving: false }); };
  const open = (): string[] => [...view.parts.conflicts.keys(), ...view.parts.deviations.keys()];
  const pass = (seconds: number, each: () => void): void => {
    for (let s = 0; s < seconds; s += 1) {
      each();
      clock.advance(1000);
    }
  };

  beforeEach(() => {
    clock = new ManualClock();
    view = new FleetView();
    expiry = new AlarmExpiry(view, clock);
    expiry.onApplicationBootstrap();
    told.length = 0;
    view.listen({ changed: (_, id, value) => { if ('phase' in value) told.push(`${id} ${value.phase}`); }, moved: () => undefined, joined: () => undefined });
    view.conflict(conflict('opened'));
    view.deviation(deviation('opened'));
  });
  afterEach(() => { expiry.onApplicationShutdown(); });

  it('closes what a predictor that is at work has not repeated for 5 s, and tells so', () => {
    pass(5, beat);
    expect(open()).toEqual(['C-1', 'D-1']);
    pass(1, beat);
    expect(open()).toEqual([]);
    expect(told).toEqual(['C-1 opened', 'D-1 opened', 'C-1 closed', 'D-1 closed']);
  });

  it('keeps what is repeated', () => {
    pass(12, () => {
      beat();
      view.conflict(conflict('updated'));
      view.deviation(deviation('updated'));
    });
    expect(open()).toEqual(['C-1', 'D-1']);
  });

  it('keeps everything while no predictor is heard of, and for 5 s from when one is', () => {
    pass(20, () => { beat('scheduler'); });
    pass(4, beat);
    expect(open()).toEqual(['C-1', 'D-1']);
    pass(1, beat);
    expect(open()).toEqual([]);
  });
});
