import { ManualClock } from '@quaymaster/clock';
import { type MissionOrder, TerminalOrders } from './terminal-orders';

const POINTS = [
  { id: 'QC-1', kind: 'crane' }, { id: 'QC-2', kind: 'crane' }, { id: 'Y-1', kind: 'yard' }, { id: 'Y-2', kind: 'yard' }, { id: 'G-1', kind: 'gate' },
] as const;
const kindOf = (id: string): string => POINTS.find((point) => point.id === id)!.kind;
const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

function desk(seed = 1, refuse: (mission: MissionOrder) => boolean = () => false) {
  const clock = new ManualClock();
  const taken: MissionOrder[] = [];
  const orders = new TerminalOrders({
    transferPoints: POINTS, vehicles: 10, factor: 1.5, seed, clock,
    submit: async (mission) => {
      if (refuse(mission)) throw new Error('refused');
      taken.push(mission);
    },
  });
  return { clock, taken, orders };
}

describe('terminal orders', () => {
  it('keeps vehicles times factor missions open and orders one for each that is closed', async () => {
    const { clock, taken, orders } = desk();
    orders.start();
    await settled();
    expect(taken).toHaveLength(15);
    clock.advance(5000);
    await settled();
    expect(taken).toHaveLength(15);
    for (const { missionId } of taken.slice(0, 4)) orders.closed(missionId);
    clock.advance(500);
    await settled();
    expect(taken).toHaveLength(19);
    expect(new Set(taken.map(({ missionId }) => missionId)).size).toBe(19);
  });

  it('orders trips between crane and yard and between yard and gate, crane work most', async () => {
    const { taken, orders, clock } = desk();
    orders.start();
    for (let round = 0; round < 40; round += 1) {
      await settled();
      for (const { missionId } of taken) orders.closed(missionId);
      clock.advance(500);
    }
    const trips = taken.map(({ pickup, dropoff }) => `${kindOf(pickup)}-${kindOf(dropoff)}`);
    expect([...new Set(trips)].sort()).toEqual(['crane-yard', 'gate-yard', 'yard-crane', 'yard-gate']);
    const craneWork = trips.filter((trip) => trip.includes('crane')).length / trips.length;
    expect(craneWork).toBeGreaterThan(0.7);
    expect(craneWork).toBeLessThan(0.9);
  });

  it('draws the same missions from the same seed', async () => {
    const [one, same, other] = [desk(7), desk(7), desk(8)];
    for (const { orders } of [one, same, other]) orders.start();
    await settled();
    expect(same.taken).toEqual(one.taken);
    expect(other.taken.map(({ pickup }) => pickup)).not.toEqual(one.taken.map(({ pickup }) => pickup));
  });

  it('hands a refused mission in again under the same id', async () => {
    let refusals = 3;
    const { clock, taken, orders } = desk(1, () => refusals-- > 0);
    orders.start();
    await settled();
    expect(taken).toHaveLength(12);
    clock.advance(500);
    await settled();
    expect(taken.map(({ missionId }) => Number(missionId.split('-')[2])).sort((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
  });

  it('orders nothing more once it is told to finish', async () => {
    const { clock, taken, orders } = desk();
    orders.start();
    await settled();
    orders.finish();
    for (const { missionId } of taken) orders.closed(missionId);
    clock.advance(5000);
    await settled();
    expect(taken).toHaveLength(15);
  });

  it('refuses a map on which nothing can be carried', () => {
    expect(() => new TerminalOrders({ transferPoints: [POINTS[0], POINTS[4]], vehicles: 1, seed: 1, clock: new ManualClock(), submit: async () => undefined }))
      .toThrow(/crane, gate/);
  });
});
