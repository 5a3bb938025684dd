import { randomBytes } from 'node:crypto';
import { seededRandom } from '@quaymaster/geometry';
import type { Slot, VirtualMap } from '@quaymaster/virtual-map';
import { GuidePath, type PathPose } from './guide-path';
import type { VehicleCredentials } from './vehicle-credentials';
import { agv, terminalTractor, type VehicleKind, vehicleKinds } from './vehicle-kind';

export interface FleetDraw {
  readonly count: number;
  /** The same seed puts the same vehicles in the same slots. */
  readonly seed: number;
}

/** Room that a slot must leave beside and along a vehicle [m]. */
const ROOM_M = 0.2;

/**
 * Credentials of a fleet: tractors and AGVs in turn, each in a slot of its own, parking before charging. Passwords are random, whatever the seed.
 *
 * @throws RangeError when the map has too few slots that fit
 */
export function drawFleet(map: VirtualMap, { count, seed }: FleetDraw): readonly VehicleCredentials[] {
  const random = seededRandom(seed);
  const parking = shuffle(map.slots.filter((slot) => slot.kind === 'parking'), random);
  const free = [...parking, ...shuffle(map.slots.filter((slot) => slot.kind === 'charging'), random)];
  return Array.from({ length: count }, (_, i) => {
    const kind = i % 2 === 0 ? terminalTractor : agv;
    const at = free.findIndex((slot) => fits(slot, kind));
    if (at < 0) throw new RangeError(`${count} vehicles are wanted, but slots that fit ran out after ${i} (the map has ${map.slots.length})`);
    const slot = free.splice(at, 1)[0]!;
    const prefix = kind === agv ? 'AGV' : 'TT';
    return { vehicleId: `${prefix}-${String(i + 1).padStart(3, '0')}`, password: randomBytes(18).toString('base64url'), modelId: kind.id, slotId: slot.id };
  });
}

/** Where the guided point stands when the vehicle's front is at the slot's stopping place. @throws RangeError for a kind or slot that is not known */
export function parkedPose(map: VirtualMap, { modelId, slotId, vehicleId }: VehicleCredentials): { readonly kind: VehicleKind; readonly pose: PathPose } {
  const kind = vehicleKinds.find((candidate) => candidate.id === modelId);
  const slot = map.slots.find((candidate) => candidate.id === slotId);
  if (kind === undefined) throw new RangeError(`${vehicleId}: there is no vehicle model ${modelId}`);
  if (slot === undefined) throw new RangeError(`${vehicleId}: the map has no slot ${slotId}`);
  const { centreOffset, centreXyM } = map.blocks;
  const centre = [...centreXyM.subarray(2 * centreOffset[slot.block]!, 2 * centreOffset[slot.block + 1]!)];
  return { kind, pose: new GuidePath(slotId, centre, [0], [1]).pose(slot.stopSM - kind.frontM) };
}

function fits(slot: Slot, kind: VehicleKind): boolean {
  return slot.lengthM >= kind.frontM + kind.rearM + ROOM_M && slot.widthM >= kind.widthM + ROOM_M;
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i -= 1) {
    const k = Math.floor(random() * (i + 1));
    [mixed[i], mixed[k]] = [mixed[k]!, mixed[i]!];
  }
  return mixed;
}
