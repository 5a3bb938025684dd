import { cutPolyline, type Polyline } from '@quaymaster/geometry';
import { buildPoseTable, type PoseTable, type VehicleModel } from '@quaymaster/motion';
import { occupyRoute, type RouteOccupancy } from '@quaymaster/planning';
import { createLocator, routeAlong, speedLimitsAlong, type MapLocator, type MapRoute, type VirtualMap } from '@quaymaster/virtual-map';

const CACHE_ENTRIES = 512;

/** A run of blocks as one class of vehicle drives it. */
export interface PreparedRoute {
  readonly route: MapRoute;
  /** Path of the guided point up to where it ends. */
  readonly path: Polyline;
  readonly table: PoseTable;
  readonly occupancy: RouteOccupancy;
}

/** Geometry of routes, made once per (blocks, end, stops, class) and kept while it is of use. */
export class RouteLibrary {
  readonly locator: MapLocator;
  private readonly prepared = new Map<string, PreparedRoute>();
  private readonly routes = new Map<string, MapRoute>();

  constructor(readonly map: VirtualMap, private readonly marginM: number) {
    this.locator = createLocator(map);
  }

  route(blocks: readonly number[]): MapRoute {
    return remember(this.routes, blocks.join(), () => routeAlong(this.map, Int32Array.from(blocks)));
  }

  prepare(blocks: readonly number[], endSM: number, stopsSM: readonly number[], model: VehicleModel): PreparedRoute {
    const key = `${model.id}|${endSM.toFixed(3)}|${stopsSM.map((sM) => sM.toFixed(3)).join()}|${blocks.join()}`;
    return remember(this.prepared, key, () => {
      const route = this.route(blocks);
      const path = cutPolyline(route.path, endSM);
      const table = buildPoseTable(path, model);
      return { route, path, table, occupancy: occupyRoute(this.map, this.locator, route, table, model, this.marginM, stopsSM) };
    });
  }

  /** Path of the guided point up to where it ends. */
  path(blocks: readonly number[], endSM: number): Polyline {
    return cutPolyline(this.route(blocks).path, endSM);
  }

  /** Speed limits over the route's arc length: entry i holds from `fromSM[i]`. */
  limits(route: MapRoute): { readonly fromSM: Float64Array; readonly limitMps: Float64Array } {
    return speedLimitsAlong(this.map, route);
  }
}

function remember<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const known = cache.get(key);
  if (known !== undefined) {
    cache.delete(key);
    cache.set(key, known);
    return known;
  }
  const made = make();
  cache.set(key, made);
  if (cache.size > CACHE_ENTRIES) {
    const oldest = cache.keys().next();
    if (oldest.done !== true) cache.delete(oldest.value);
  }
  return made;
}
