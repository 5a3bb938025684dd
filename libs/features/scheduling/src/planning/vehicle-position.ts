import type { Frame } from '@quaymaster/messages';
import type { VehicleModel } from '@quaymaster/motion';
import type { MapLocator, VirtualMap } from '@quaymaster/virtual-map';
import type { Drive } from '../drive/drive';
import type { OnRoute } from './planning-job';
import type { RouteLibrary } from './route-library';

/** Path kept behind a vehicle's rear when its route begins anew, so that its trailers stand as they really stand [m]. */
const TAIL_M = 30;
/** A vehicle further off its path than this is not on it any more [m]. */
const OFF_PATH_M = 1;

export type Position = { readonly kind: 'on-route'; readonly on: OnRoute } | { readonly kind: 'off-route'; readonly because: string };

/**
 * Where a new route of a vehicle must begin: on the route that it reports, back by its length, ahead to what it was released to; or on the lane where it
 * stands when it has no route.
 *
 * @param committedSM how far it will go on its present route in any case [m]
 */
export function positionOf(
  map: VirtualMap, locator: MapLocator, library: RouteLibrary, frame: Frame, drive: Drive | undefined, model: VehicleModel, committedSM: number,
): Position {
  const match = locator.locateHeading(frame.xM, frame.yM, frame.headingRad);
  if (drive !== undefined && frame.routeId === drive.routeId) {
    // Judged against the lane of its route, not the best lane here: in a junction another lane may fit the point as well.
    const route = library.route(drive.blocks);
    const offM = distanceToPathM(route.path.xyM, route.path.sM, frame.routeSM, frame.xM, frame.yM);
    if (offM > OFF_PATH_M) return { kind: 'off-route', because: `stands ${offM.toFixed(1)} m off its path` };
    const from = blockAt(route.blockStartSM, frame.routeSM - model.rearM - TAIL_M);
    const to = blockAt(route.blockStartSM, Math.max(committedSM, frame.routeSM) + model.frontM + 0.5);
    const offsetM = route.blockStartSM[from]!;
    return {
      kind: 'on-route',
      on: { blocks: drive.blocks.slice(from, to + 1), startSM: frame.routeSM - offsetM, committedSM: Math.max(committedSM, frame.routeSM) - offsetM },
    };
  }
  if (match === null) return { kind: 'off-route', because: 'stands on no lane' };
  if (Math.abs(match.tM) > OFF_PATH_M) return { kind: 'off-route', because: `stands ${Math.abs(match.tM).toFixed(1)} m beside the lane` };
  const startSM = match.sM - map.blocks.startSM[match.block]!;
  return { kind: 'on-route', on: { blocks: withFront(map, match.block, startSM + model.frontM), startSM, committedSM: startSM } };
}

/** The block, and the one after it if the vehicle's front has already entered that and there is only one way on. */
function withFront(map: VirtualMap, block: number, frontSM: number): number[] {
  const { startSM, endSM, followsOffset, follows } = map.blocks;
  if (frontSM <= endSM[block]! - startSM[block]!) return [block];
  const first = followsOffset[block]!;
  return followsOffset[block + 1]! - first === 1 ? [block, follows[first]!] : [block];
}

function blockAt(blockStartSM: Float64Array, sM: number): number {
  let index = 0;
  while (index + 2 < blockStartSM.length && blockStartSM[index + 1]! <= sM) index += 1;
  return index;
}

/** Distance of a point from the path near a given arc length [m]. */
function distanceToPathM(xyM: Float64Array, sM: Float64Array, nearSM: number, xM: number, yM: number): number {
  let best = Infinity;
  for (let i = 0; i + 1 < sM.length; i += 1) {
    if (sM[i + 1]! < nearSM - 5 || sM[i]! > nearSM + 5) continue;
    const ax = xyM[2 * i]!;
    const ay = xyM[2 * i + 1]!;
    const dx = xyM[2 * i + 2]! - ax;
    const dy = xyM[2 * i + 3]! - ay;
    const ratio = Math.min(1, Math.max(0, ((xM - ax) * dx + (yM - ay) * dy) / (dx * dx + dy * dy)));
    best = Math.min(best, Math.hypot(xM - ax - ratio * dx, yM - ay - ratio * dy));
  }
  return best;
}

/** World contours of every part of a vehicle, from its report: hitch angles place the trailers. */
export function contoursOf(frame: Frame, model: VehicleModel): number[][] {
  let { xM, yM, headingRad } = frame;
  return model.parts.map((part, k) => {
    if (k > 0) {
      const before = model.parts[k - 1]!;
      xM += before.hitchForwardM * Math.cos(headingRad);
      yM += before.hitchForwardM * Math.sin(headingRad);
      headingRad += frame.hitchAnglesRad[k - 1] ?? 0;
    }
    const cos = Math.cos(headingRad);
    const sin = Math.sin(headingRad);
    const contour: number[] = [];
    for (let i = 0; i < part.contourM.length; i += 2) {
      const x = part.contourM[i]!;
      const y = part.contourM[i + 1]!;
      contour.push(xM + x * cos - y * sin, yM + x * sin + y * cos);
    }
    return contour;
  });
}
