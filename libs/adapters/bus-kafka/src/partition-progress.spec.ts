import fc from 'fast-check';
import { HandledOffsets } from './handled-offsets';
import { PartitionProgress } from './partition-progress';

describe('PartitionProgress', () => {
  it('stays at the first record that is not done, in whatever order the others are', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.nat(500), { minLength: 1 }), fc.infiniteStream(fc.nat()), (offsets, picks) => {
      const rising = offsets.map((offset) => offset + 10).sort((a, b) => a - b);
      const progress = new PartitionProgress(0, 10);
      const open = rising.map((offset) => progress.add(offset));
      const end = rising.at(-1)! + 1;
      while (open.length > 0) {
        const oldest = Math.min(...open.map(({ offset }) => offset));
        expect(progress.position).toBe(oldest);
        expect([...progress.doneAhead()]).toEqual(rising.filter((offset) => offset > oldest && open.every((task) => task.offset !== offset)));
        progress.finish(open.splice(picks.next().value % open.length, 1)[0]!);
      }
      expect([progress.position, progress.expected]).toEqual([end, end]);
    }));
  });

  it('is at its start before anything came, and beyond offsets that hold no record', () => {
    const progress = new PartitionProgress(3, 7);
    expect([progress.position, progress.committed]).toEqual([7, 7]);
    progress.skipTo(12);
    expect(progress.position).toBe(12);
    progress.skipTo(9);
    expect(progress.expected).toBe(12);
  });

  it('keeps no more than it must of a long run', () => {
    const progress = new PartitionProgress(0, 0);
    for (let offset = 0; offset < 10_000; offset += 1) progress.finish(progress.add(offset));
    expect(progress.position).toBe(10_000);
    expect([...progress.doneAhead()]).toEqual([]);
  });
});

describe('HandledOffsets', () => {
  it('tells of each offset once, by partition, and forgets what is committed', () => {
    const handled = new HandledOffsets();
    for (const offset of [4, 5, 9]) handled.add(1, offset);
    expect([handled.take(1, 5), handled.take(1, 5), handled.take(2, 4)]).toEqual([true, false, false]);
    handled.forgetBelow(1, 9);
    expect([handled.take(1, 4), handled.take(1, 9)]).toEqual([false, true]);
    handled.add(1, 10);
    handled.forget();
    expect(handled.take(1, 10)).toBe(false);
  });
});
