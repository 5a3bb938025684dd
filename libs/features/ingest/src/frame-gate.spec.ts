import type { WireFrame, WireFusedObject } from '@quaymaster/telemetry';
import fc from 'fast-check';
import { FrameGate, type FrameRefusal } from './frame-gate';
import { IngestConfig } from './ingest.config';

const NOW_MS = 1_760_000_000_000;
const BOUNDS_M = [0, 0, 1000, 500] as const;
const config = IngestConfig.from({ QM_INGEST_RATE_HZ: '10', QM_INGEST_BURST: '3', QM_INGEST_BORDER_M: '50', QM_INGEST_FUTURE_MS: '2000', QM_INGEST_MAX_SPEED_MPS: '20' });

const object = (change: Partial<WireFusedObject> = {}): WireFusedObject => ({ objectId: 'o', kind: 'person', polygonM: [0, 0, 1, 0, 1, 1], vxMps: 0, vyMps: 0, ...change });

function frame(change: Partial<WireFrame> = {}): WireFrame {
  return {
    vehicleId: 'T-01', bootId: 1, sequence: 1, observedAtMs: NOW_MS, modelId: 'agv', mode: 'AUTOMATIC', xM: 500, yM: 250, headingRad: 0, speedMps: 5,
    accelerationMps2: 0, yawRateRadPs: 0, positionSigmaM: 0.02, hitchAnglesRad: [0], routeId: '', routeSM: 0, releasedToSM: 0, stopped: false, leaseAlive: true,
    epoch: 0, commandSequence: 0, errors: [], objects: [object()], ...change,
  };
}

const gate = (): FrameGate => new FrameGate(BOUNDS_M, config);

/** What the last of the frames is refused for, null when it passes; each that passes is accepted. */
function verdict(...frames: readonly Partial<WireFrame>[]): FrameRefusal | null {
  const judge = gate();
  let code: FrameRefusal | null = null;
  for (const change of frames) {
    const given = frame(change);
    code = judge.judge(given, NOW_MS)?.code ?? null;
    if (code === null) judge.accept(given);
  }
  return code;
}

describe('a frame by itself', () => {
  it.each<{ because: string; change: Partial<WireFrame>; code: FrameRefusal | null }>([
    { code: null, because: 'all is well', change: {} },
    { code: 'QM_FRAME_NOT_FINITE', because: 'x is no number', change: { xM: NaN } },
    { code: 'QM_FRAME_NOT_FINITE', because: 'y is infinite', change: { yM: -Infinity } },
    { code: 'QM_FRAME_NOT_FINITE', because: 'the heading is no number', change: { headingRad: NaN } },
    { code: 'QM_FRAME_NOT_FINITE', because: 'the speed is infinite', change: { speedMps: Infinity } },
    { code: 'QM_FRAME_NOT_FINITE', because: 'the acceleration is no number', change: { accelerationMps2: NaN } },
    { code: 'QM_FRAME_NOT_FINITE', because: 'the yaw rate is no number', change: { yawRateRadPs: NaN } },
    { code: 'QM_FRAME_NOT_FINITE', because: 'the position sigma is no number', change: { positionSigmaM: NaN } },
    { code: 'QM_FRAME_NOT_FINITE', because: 'the place on the route is no number', change: { routeSM: NaN } },
    { code: 'QM_FRAME_NOT_FINITE', because: 'the release is infinite', change: { releasedToSM: Infinity } },
    { code: 'QM_FRAME_NOT_FINITE', because: 'the second hitch angle is no number', change: { hitchAnglesRad: [0, NaN] } },
    { code: 'QM_FRAME_NOT_FINITE', because: 'a corner of an object is no number', change: { objects: [object(), object({ polygonM: [0, 0, 1, 0, NaN, 1] })] } },
    { code: 'QM_FRAME_NOT_FINITE', because: 'the speed of an object is infinite', change: { objects: [object({ vyMps: Infinity })] } },
    { code: null, because: 'it is 50 m outside the map, as far as may be', change: { xM: 1050, yM: -50 } },
    { code: 'QM_FRAME_OUT_OF_AREA', because: 'it is 51 m east of the map', change: { xM: 1051 } },
    { code: 'QM_FRAME_OUT_OF_AREA', because: 'it is 51 m west of the map', change: { xM: -51 } },
    { code: 'QM_FRAME_OUT_OF_AREA', because: 'it is 51 m north of the map', change: { yM: 551 } },
    { code: 'QM_FRAME_OUT_OF_AREA', because: 'it is 51 m south of the map', change: { yM: -51 } },
    { code: null, because: 'it backs at 20 m/s, as fast as may be', change: { speedMps: -20 } },
    { code: 'QM_FRAME_SPEED', because: 'it drives 20.1 m/s', change: { speedMps: 20.1 } },
    { code: 'QM_FRAME_SPEED', because: 'it backs at 20.1 m/s', change: { speedMps: -20.1 } },
    { code: null, because: 'its clock is 2000 ms ahead, as far as may be', change: { observedAtMs: NOW_MS + 2000 } },
    { code: 'QM_FRAME_FUTURE', because: 'its clock is 2001 ms ahead', change: { observedAtMs: NOW_MS + 2001 } },
    { code: 'QM_FRAME_FIELD', because: 'the position sigma is negative', change: { positionSigmaM: -0.01 } },
    { code: null, because: 'it has three hitches, 64 objects and 16 errors', change: { hitchAnglesRad: [0, 0, 0], objects: Array.from({ length: 64 }, () => object()), errors: Array.from({ length: 16 }, () => 'e') } },
    { code: 'QM_FRAME_FIELD', because: 'it has four hitches', change: { hitchAnglesRad: [0, 0, 0, 0] } },
    { code: 'QM_FRAME_FIELD', because: 'it has 65 objects', change: { objects: Array.from({ length: 65 }, () => object()) } },
    { code: 'QM_FRAME_FIELD', because: 'it has 17 errors', change: { errors: Array.from({ length: 17 }, () => 'e') } },
  ])('is answered with $code when $because', ({ change, code }) => {
    expect(verdict(change)).toBe(code);
  });

  it('is refused with the name of the broken field and its value', () => {
    expect(gate().judge(frame({ hitchAnglesRad: [0, NaN] }), NOW_MS)).toEqual({ code: 'QM_FRAME_NOT_FINITE', because: 'hitchAnglesRad[1] is NaN' });
  });
});

describe('order', () => {
  it.each<{ because: string; frames: Partial<WireFrame>[]; code: FrameRefusal | null }>([
    { code: null, because: 'the sequence goes on', frames: [{ sequence: 7 }, { sequence: 8 }] },
    { code: null, because: 'the sequence has a gap', frames: [{ sequence: 7 }, { sequence: 70 }] },
    { code: 'QM_FRAME_DUPLICATE', because: 'the sequence came before', frames: [{ sequence: 7 }, { sequence: 7 }] },
    { code: 'QM_FRAME_LATE', because: 'a newer sequence came before', frames: [{ sequence: 7 }, { sequence: 6 }] },
    { code: null, because: 'a later boot begins anew', frames: [{ sequence: 7 }, { bootId: 2, sequence: 0 }] },
    { code: 'QM_FRAME_LATE', because: 'its boot is over, though its sequence is new', frames: [{ bootId: 2, sequence: 0 }, { bootId: 1, sequence: 8 }] },
    { code: null, because: 'the frame of that sequence was another vehicle’s', frames: [{ sequence: 7 }, { vehicleId: 'T-02', sequence: 7 }] },
    { code: null, because: 'the frame of that sequence was refused', frames: [{ sequence: 7 }, { sequence: 8, speedMps: 99 }, { sequence: 8 }] },
    { code: null, because: 'a later boot was refused', frames: [{ sequence: 7 }, { bootId: 9, speedMps: 99 }, { sequence: 8 }] },
  ])('gives $code when $because', ({ frames, code }) => {
    expect(verdict(...frames)).toBe(code);
  });

  it('does not move by a frame that was judged and then not accepted', () => {
    const judge = gate();
    expect(judge.judge(frame({ bootId: 9, sequence: 90 }), NOW_MS)).toBeNull();
    expect(judge.judge(frame({ bootId: 1, sequence: 1 }), NOW_MS)).toBeNull();
  });

  it('rises strictly: of any frames of one boot, those accepted have ever higher sequences, and no boot comes back', () => {
    const report = fc.record({ bootId: fc.integer({ min: 1, max: 3 }), sequence: fc.integer({ min: 0, max: 12 }), speedMps: fc.constantFrom(0, 5, 99, NaN) });
    fc.assert(fc.property(fc.array(report, { maxLength: 40 }), (reports) => {
      const judge = gate();
      const accepted: (readonly [number, number])[] = [];
      for (const change of reports) {
        const given = frame(change);
        if (judge.judge(given, NOW_MS) !== null) continue;
        judge.accept(given);
        accepted.push([given.bootId, given.sequence]);
      }
      for (let i = 1; i < accepted.length; i += 1) {
        const [boot, sequence] = accepted[i]!;
        const [bootBefore, sequenceBefore] = accepted[i - 1]!;
        expect(boot > bootBefore || (boot === bootBefore && sequence > sequenceBefore)).toBe(true);
      }
    }));
  });

  it('refuses a frame again however often it comes', () => {
    const sequences = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 20 });
    fc.assert(fc.property(sequences, (given) => {
      const judge = gate();
      let accepted = 0;
      for (const sequence of [...given, ...given]) {
        if (judge.judge(frame({ sequence }), NOW_MS) !== null) continue;
        judge.accept(frame({ sequence }));
        accepted += 1;
      }
      const records = given.filter((sequence, i) => given.slice(0, i).every((before) => before < sequence));
      expect(accepted).toBe(records.length);
    }));
  });
});

describe('teleport', () => {
  // 20 m/s and 5 m of slack: after 1 s a vehicle may be 25 m away.
  it.each<{ code: FrameRefusal | null; because: string; elapsedMs: number; movedM: number; bootId?: number }>([
    { code: null, because: '25 m in 1 s are 20 m/s and the slack', elapsedMs: 1000, movedM: 25 },
    { code: 'QM_FRAME_TELEPORT', because: '25.1 m in 1 s are more', elapsedMs: 1000, movedM: 25.1 },
    { code: null, because: '5 m in no time are the slack', elapsedMs: 0, movedM: 5 },
    { code: 'QM_FRAME_TELEPORT', because: 'a clock that went back 60 s does not lend more than the slack', elapsedMs: -60_000, movedM: 5.1 },
    { code: 'QM_FRAME_TELEPORT', because: '400 m in 9.999 s are too far', elapsedMs: 9999, movedM: 400 },
    { code: null, because: 'after 10 s it may have been carried', elapsedMs: 10_000, movedM: 400 },
    { code: null, because: 'a new boot is believed', elapsedMs: 100, movedM: 400, bootId: 2 },
  ])('gives $code: $because', ({ code, elapsedMs, movedM, bootId = 1 }) => {
    expect(verdict({ observedAtMs: NOW_MS - 20_000, xM: 100 }, { bootId, sequence: 2, observedAtMs: NOW_MS - 20_000 + elapsedMs, xM: 100 + movedM })).toBe(code);
  });

  it('measures from the last accepted place, so that a refused leap is no stepping stone', () => {
    const at = (sequence: number, xM: number): Partial<WireFrame> => ({ sequence, xM, observedAtMs: NOW_MS - 20_000 + sequence * 100 });
    expect(verdict(at(0, 100), at(1, 400), at(2, 401))).toBe('QM_FRAME_TELEPORT');
    expect(verdict(at(0, 100), at(1, 400), at(2, 101))).toBeNull();
  });
});

describe('rate', () => {
  it('lets a burst of 3 pass and refuses the fourth', () => {
    const bucket = gate();
    expect([0, 0, 0, 0].map((atMs) => bucket.admit('T-01', atMs)?.code ?? null)).toEqual([null, null, null, 'QM_FRAME_RATE']);
  });

  it('fills at 10 a second, and not beyond the burst', () => {
    const bucket = gate();
    const burst = (atMs: number): number => {
      let admitted = 0;
      while (bucket.admit('T-01', atMs) === null) admitted += 1;
      return admitted;
    };
    expect([burst(0), burst(99), burst(100), burst(300), burst(3_600_000)]).toEqual([3, 0, 1, 2, 3]);
  });

  it('counts each vehicle for itself', () => {
    const bucket = gate();
    for (let i = 0; i < 4; i += 1) bucket.admit('T-01', 0);
    expect(bucket.admit('T-02', 0)).toBeNull();
  });

  it('admits at most the burst and 10 a second over any stretch of time', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 100 }), (gapsMs) => {
      const bucket = gate();
      let nowMs = 0;
      const admittedAtMs: number[] = [];
      for (const gapMs of gapsMs) {
        nowMs += gapMs;
        if (bucket.admit('T-01', nowMs) === null) admittedAtMs.push(nowMs);
      }
      for (let from = 0; from < admittedAtMs.length; from += 1) {
        for (let to = from; to < admittedAtMs.length; to += 1) {
          const stretchS = (admittedAtMs[to]! - admittedAtMs[from]!) / 1000;
          expect(to - from + 1).toBeLessThanOrEqual(3 + 10 * stretchS + 1e-6);
        }
      }
    }));
  });
});
