import { ManualClock } from '@quaymaster/clock';
import fc from 'fast-check';
import { VehicleLanes } from './vehicle-lanes';

const turns = async (): Promise<void> => { for (let i = 0; i < 10; i += 1) await Promise.resolve(); };

describe('VehicleLanes', () => {
  const clock = new ManualClock();
  let lanes: VehicleLanes;
  let passedOver: number;
  let faults: string[];
  let begun: string[];
  let ends: Map<string, (error?: Error) => void>;
  beforeEach(() => {
    passedOver = 0;
    faults = [];
    begun = [];
    ends = new Map();
    lanes = new VehicleLanes(clock, () => { passedOver += 1; }, ({ message }) => { faults.push(message); });
  });
  /** Work that ends when the case says so. */
  const job = (name: string) => () => new Promise<void>((resolve, reject) => {
    begun.push(name);
    ends.set(name, (error) => {
      if (error === undefined) resolve();
      else reject(error);
    });
  });
  const end = async (name: string, error?: Error): Promise<void> => {
    ends.get(name)!(error);
    await turns();
  };

  it('work for one vehicle goes on while another one waits, and in order for each', async () => {
    for (const name of ['a1', 'a2', 'b1', 'a3']) lanes.offer(name[0]!, job(name));
    expect(begun).toEqual(['a1', 'b1']);
    await end('a1');
    await end('a2');
    expect(begun).toEqual(['a1', 'b1', 'a2', 'a3']);
  });

  it('of the reports that wait the oldest gives way, never what must be done, and never another vehicle\'s', async () => {
    lanes.offer('a', job('a1'));
    lanes.offer('b', job('b1'));
    lanes.offer('b', job('b2'));
    lanes.offer('a', job('a2'));
    const done = lanes.insist('a', job('a-must'));
    for (const name of ['a3', 'a4', 'a5', 'a6', 'a7']) lanes.offer('a', job(name));
    expect(passedOver).toBe(2);
    for (const name of ['a1', 'a-must', 'a4', 'a5', 'a6', 'a7', 'b1', 'b2']) await end(name);
    await done;
    expect(begun).toEqual(['a1', 'b1', 'a-must', 'a4', 'a5', 'a6', 'a7', 'b2']);
  });

  it('a report that fails is not tried again; what must be done is, five times, and others wait for it', async () => {
    lanes.offer('a', job('report'));
    await end('report', new Error('no room'));
    const done = lanes.insist('a', job('must'));
    lanes.offer('a', job('next'));
    for (let tries = 1; tries <= 5; tries += 1) {
      expect(begun.filter((name) => name === 'must')).toHaveLength(tries);
      await end('must', new Error(`try ${tries}`));
      clock.advance(200 * 2 ** (tries - 1) * 1.5);
      await turns();
    }
    await done;
    expect([faults, begun.at(-1)]).toEqual([['no room', 'try 5'], 'next']);
  });

  it('begins in order and settles everything that must be done, whatever comes and fails when', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.boolean(), fc.boolean(), fc.nat(3)), { maxLength: 60 }), async (steps) => {
      const order: number[] = [];
      const musts: Promise<void>[] = [];
      const own = new VehicleLanes(clock, () => undefined, () => undefined);
      for (const [n, [vehicle, must, fails, wait]] of steps.entries()) {
        let tries = 0;
        const run = async (): Promise<void> => {
          if (tries === 0) order.push(vehicle === 'a' ? n : n + 1000);
          tries += 1;
          for (let i = 0; i < wait; i += 1) await Promise.resolve();
          if (fails && tries < 3) throw new Error('again');
        };
        if (must) musts.push(own.insist(vehicle, run));
        else own.offer(vehicle, run);
        if (wait === 0) await Promise.resolve();
      }
      let settled = 0;
      for (const must of musts) void must.then(() => { settled += 1; });
      for (let i = 0; i < 400 && settled < musts.length; i += 1) {
        clock.advance(5000);
        await turns();
      }
      expect(settled).toBe(musts.length);
      for (const lane of [order.filter((n) => n < 1000), order.filter((n) => n >= 1000)]) expect(lane).toEqual([...lane].sort((x, y) => x - y));
    }));
  });
});
