import fc from 'fast-check';
import { z } from 'zod';
import { commands } from './commands';
import { deadLetters } from './dead-letters';
import { heartbeats, incidents, missions, vehicleModels, vehicleStatuses } from './fleet';
import { type Frame, frames } from './frames';
import { plans } from './plans';
import { operatorRequests, requestResults } from './requests';
import { conflicts, deviations, stopRequests } from './safety';
import { InvalidMessageError, jsonTopic } from './topic';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const notes = jsonTopic('notes', z.object({ text: z.string().max(5), n: z.number().int() }));

const id = fc.stringMatching(/^[A-Za-z0-9_.:-]{1,64}$/);
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const count = fc.nat();
const frame: fc.Arbitrary<Frame> = fc.record({
  vehicleId: id, bootId: count, sequence: count, observedAtMs: count, receivedAtMs: count, modelId: name, mode: fc.constantFrom('AUTOMATIC', 'MANUAL', 'SERVICE', 'STARTUP'),
  xM: number, yM: number, headingRad: number, speedMps: number, accelerationMps2: number, yawRateRadPs: number, positionSigmaM: number.map(Math.abs),
  hitchAnglesRad: fc.array(number, { maxLength: 3 }), routeId: fc.string({ maxLength: 20 }), routeSM: number, releasedToSM: number, stopped: fc.boolean(), leaseAlive: fc.boolean(),
  epoch: count, commandSequence: count, errors: fc.array(fc.string({ maxLength: 50 }), { maxLength: 3 }),
  objects: fc.array(fc.record({
    objectId: name, kind: fc.constantFrom('person', 'truck', 'car', 'container', 'unknown'), polygonM: fc.array(number, { minLength: 6, maxLength: 10 }), vxMps: number, vyMps: number,
  }), { maxLength: 2 }),
  match: fc.option(fc.record({ block: count, sM: number, tM: number })),
});

describe('a topic', () => {
  it('reads what it wrote', () => {
    expect(notes.decode(notes.encode({ text: 'Käi', n: -1 }))).toEqual({ text: 'Käi', n: -1 });
  });

  it('reads every frame that it wrote', () => {
    // JSON has no -0: it comes back as 0, which is the same place.
    const plus = (_: string, value: unknown) => (value === 0 ? 0 : value);
    fc.assert(fc.property(frame, (one) => { expect(frames.decode(frames.encode(one))).toEqual(JSON.parse(JSON.stringify(one, plus))); }));
  });

  it('leaves out what it does not know, so that a newer writer can say more', () => {
    expect(notes.decode(bytesOf('{"text":"a","n":1,"more":true}'))).toEqual({ text: 'a', n: 1 });
  });

  it.each([
    ['', 'not JSON'], ['{"text":"a","n":1', 'not JSON'], ['null', 'expected object'], ['[]', 'expected object'], ['{"text":"a"}', '→ at n'], ['{"text":"toolong","n":1}', '→ at text'],
    ['{"text":"a","n":1.5}', '→ at n'], ['{"text":"a","n":1e999}', '→ at n'],
  ])('answers %j with InvalidMessageError that says why', (text, because) => {
    const decode = () => notes.decode(bytesOf(text));
    expect(decode).toThrow(InvalidMessageError);
    expect(decode).toThrow(because);
    expect(decode).toThrow(/^notes: /);
    expect(decode).toThrow(expect.objectContaining({ code: 'QM_MESSAGE_INVALID', retryable: false, topic: 'notes' }) as Error);
  });

  it('answers bytes that are no text with InvalidMessageError, never with another error', () => {
    expect(() => notes.decode(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(InvalidMessageError);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        frames.decode(bytes);
        return false;
      } catch (error) {
        return error instanceof InvalidMessageError;
      }
    }));
  });

  it.each([
    ['a vehicle id that would be two MQTT levels', { vehicleId: 'T/1' }], ['a vehicle id that is a wildcard', { vehicleId: '#' }], ['a time before the epoch', { observedAtMs: -1 }],
    ['half a millisecond', { observedAtMs: 1.5 }], ['a place that is no number', { xM: null }], ['a mode that is not known', { mode: 'TURBO' }], ['an outline of two corners', { objects: [{ objectId: 'o', kind: 'car', polygonM: [0, 0, 1, 1], vxMps: 0, vyMps: 0 }] }],
    ['more hitches than a vehicle has', { hitchAnglesRad: [0, 0, 0, 0] }],
  ])('of frames refuses %s', (_, change) => {
    const [good] = fc.sample(frame, { numRuns: 1, seed: 1 });
    expect(() => frames.decode(bytesOf(JSON.stringify({ ...good, ...change })))).toThrow(InvalidMessageError);
  });

  it('of stop requests, heartbeats and operator requests goes before all others', () => {
    const all = [frames, commands, plans, conflicts, deviations, incidents, missions, vehicleModels, vehicleStatuses, requestResults, deadLetters, stopRequests, heartbeats, operatorRequests];
    expect(all.filter(({ priority }) => priority).map((topic) => topic.name).sort()).toEqual(['heartbeats', 'operator-requests', 'stop-requests']);
    expect(new Set(all.map((topic) => topic.name)).size).toBe(all.length);
  });
});
