import { ManualClock } from '@quaymaster/clock';
import { settingsFrom, type KafkaBusOptions } from './kafka-bus.options';
import { headersOf, recordOf } from './record';

const options: KafkaBusOptions = { brokers: ['k:9092'], clock: new ManualClock(0), instanceId: 'host-1' };

describe('options of the Kafka bus', () => {
  it('leave a member time to drain before the broker takes it for dead', () => {
    for (const sessionTimeoutMs of [6000, 10_000, 45_000]) {
      expect(settingsFrom({ ...options, sessionTimeoutMs }).drainTimeoutMs).toBeLessThan(sessionTimeoutMs / 2);
    }
    expect(() => settingsFrom({ ...options, sessionTimeoutMs: 6000, drainTimeoutMs: 3001 })).toThrow(RangeError);
  });

  it.each([{ brokers: [] }, { instanceId: 'host 1' }, { instanceId: '' }, { prefix: 'a/b' }])('refuse %j', (wrong) => {
    expect(() => settingsFrom({ ...options, ...wrong })).toThrow(RangeError);
  });
});

describe('a record', () => {
  const message = (headers: Record<string, string>) => ({
    key: Buffer.from('k'), value: Buffer.from('v'), timestamp: '77', attributes: 0, offset: '12',
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)])),
  });

  it('carries a header there and back', () => {
    for (const header of [{ messageId: 'm', source: 's', publishedAtMs: 5, traceparent: '00-1-2-01' }, { messageId: 'm', source: '', publishedAtMs: 0, traceparent: '' }]) {
      expect(recordOf('t', 3, message(headersOf(header)))).toMatchObject({ key: 'k', partition: 3, offset: 12, header });
    }
  });

  it('of somebody else gets a header that is the same at each delivery', () => {
    const header = { messageId: 't/3/12', source: '', publishedAtMs: 77, traceparent: '' };
    expect(recordOf('t', 3, message({})).header).toEqual(header);
    expect(recordOf('t', 3, { ...message({ publishedAtMs: 'soon' }), key: null })).toMatchObject({ key: '', header });
  });
});
