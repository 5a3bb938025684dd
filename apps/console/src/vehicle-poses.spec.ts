import { encodePositions, type LivePosition } from '@quaymaster/messages';
import { POSE_STRIDE, VehiclePoses } from './vehicle-poses';

const at = (number: number, xM: number, more: Partial<LivePosition> = {}): LivePosition => ({
  number, xM, yM: 0, headingRad: 0, speedMps: 5, hitchAnglesRad: [], stopped: false, online: true, ...more,
});
const bytes = (...positions: LivePosition[]): ArrayBuffer => encodePositions({ atMs: 0, positions }).slice().buffer;
const xOf = (poses: VehiclePoses, number: number): number => poses.shown[number * POSE_STRIDE]!;

describe('VehiclePoses', () => {
  it('shows a vehicle where its first report puts it', () => {
    const poses = new VehiclePoses();
    poses.receive(bytes(at(3, 12, { hitchAnglesRad: [0.25] })), 1000);
    expect(poses.advance(1000)).toBe(false);
    expect([...poses.shown.subarray(3 * POSE_STRIDE, 4 * POSE_STRIDE)]).toEqual([12, 0, 0, 0.25, 0, 0]);
    expect(poses.count).toBe(4);
  });
  it('glides to a report within 1.2 of the interval before it: 10 m over 120 ms, half way after 60', () => {
    const poses = new VehiclePoses();
    poses.receive(bytes(at(0, 0)), 1000);
    poses.receive(bytes(at(0, 10)), 1100);
    expect(poses.advance(1160)).toBe(true);
    expect(xOf(poses, 0)).toBeCloseTo(5, 9);
    expect(poses.advance(1220)).toBe(false);
    expect(xOf(poses, 0)).toBe(10);
  });
  it('never runs ahead of the last report', () => {
    const poses = new VehiclePoses();
    poses.receive(bytes(at(0, 0)), 1000);
    poses.receive(bytes(at(0, 10)), 1100);
    poses.advance(9000);
    expect(xOf(poses, 0)).toBe(10);
  });
  it('goes on from where it is drawn when a report comes before it has arrived', () => {
    const poses = new VehiclePoses();
    poses.receive(bytes(at(0, 0)), 1000);
    poses.receive(bytes(at(0, 12)), 1100);
    poses.advance(1150);
    const before = xOf(poses, 0);
    poses.receive(bytes(at(0, 20)), 1150);
    poses.advance(1150);
    expect(xOf(poses, 0)).toBeCloseTo(before, 9);
  });
  it('turns the short way round through π', () => {
    const poses = new VehiclePoses();
    poses.receive(bytes(at(0, 0, { headingRad: 3 })), 1000);
    poses.receive(bytes(at(0, 0, { headingRad: -3 })), 1100);
    poses.advance(1160);
    expect(Math.cos(poses.shown[2]!)).toBeCloseTo(-1, 6);
  });
  it('puts a vehicle that moved 40 m between reports there at once: it did not drive', () => {
    const poses = new VehiclePoses();
    poses.receive(bytes(at(0, 0)), 1000);
    poses.receive(bytes(at(0, 41)), 1100);
    expect(xOf(poses, 0)).toBe(41);
    expect(poses.advance(1101)).toBe(false);
  });
  it('needs no frames while every vehicle stands', () => {
    const poses = new VehiclePoses();
    poses.receive(bytes(at(0, 7)), 1000);
    poses.receive(bytes(at(0, 7)), 1100);
    expect(poses.advance(1101)).toBe(false);
  });
  it('forgets every vehicle when it is cleared', () => {
    const poses = new VehiclePoses();
    poses.receive(bytes(at(0, 7)), 1000);
    poses.clear();
    poses.reserve(1);
    expect(poses.reportedAtMs[0]).toBe(0);
    poses.receive(bytes(at(0, 9)), 1050);
    expect(xOf(poses, 0)).toBe(9);
  });
  it('keeps what it knows while it makes room for more vehicles', () => {
    const poses = new VehiclePoses();
    poses.receive(bytes(at(0, 7)), 1000);
    poses.reserve(1000);
    poses.advance(1000);
    expect(xOf(poses, 0)).toBe(7);
    expect(poses.online[0]).toBe(1);
  });
});
