import { encodePositions, type Incident, type LiveChanges } from '@quaymaster/messages';
import type { SiteMap } from '../site-map';
import { SiteModel } from '../site-model';
import { VehiclePoses } from '../vehicle-poses';
import { type MapFocus, OverlayLayer } from './overlay-layer';
import { paintNumber } from './paint';
import { buildSiteLayers, mapOrigin } from './site-layers';
import type { Triangulate } from './triangle-buffer';
import { VehicleLayer } from './vehicle-layer';

let triangulate: Triangulate;
beforeAll(async () => { triangulate = (await import('earcut')).default; });

const map: SiteMap = {
  name: 'm', hash: 'h', boundsM: [0, 0, 200, 100],
  blocks: {
    count: 2, outlineOffset: [0, 4, 8], outlineXyM: [0, -2, 10, -2, 10, 2, 0, 2, 10, -2, 20, -2, 20, 2, 10, 2], centreOffset: [0, 2, 4], centreXyM: [0, 0, 10, 0, 10, 0, 20, 0],
    flags: [8, 3],
  },
  slots: [{ id: 'P-1', kind: 'parking', block: 0, xM: 50, yM: 50, headingRad: 0, lengthM: 18, widthM: 4 }],
  transferPoints: [{ id: 'QC-1', kind: 'crane', xM: 5, yM: 0 }],
  zones: [{ id: 'Z', kind: 'yard', outlineXyM: [0, 10, 30, 10, 30, 40, 0, 40] }],
};
const agv = {
  id: 'agv', frontM: 7, rearM: 7, widthM: 3, maximumSpeedMps: 8, accelerationMps2: 1, brakingMps2: 1,
  parts: [{ contourM: [-7, -1.5, 7, -1.5, 7, 1.5, -7, 1.5], axleBehindHitchM: 0, hitchForwardM: 0 }],
};
const incident: Incident = {
  incidentId: 'I', state: 'clearing', cause: 'operator', causeText: '', causedBy: [], around: [], regionXyM: [0, 0, 40, 0, 40, 40], wholeSite: false, members: ['A'], timeToStopMs: {}, plan: null, slots: { A: 'P-1' },
  parked: [], notParked: [], resumed: [], missionsInterrupted: [], missionsFinished: [], timeline: [], clearedAtMs: null, openedAtMs: 0, updatedAtMs: 0,
};
const focus: MapFocus = { vehicleId: '', incidentId: '', isEveryRouteShown: false, draftM: null };

function site(changes: Partial<LiveChanges> = {}): { readonly model: SiteModel; readonly poses: VehiclePoses; readonly apply: (version: number, changes: Partial<LiveChanges>) => void } {
  const model = new SiteModel();
  const poses = new VehiclePoses();
  const apply = (version: number, more: Partial<LiveChanges>): void => {
    model.apply({
      type: version === 1 ? 'snapshot' : 'delta', version, atMs: 0, mapHash: 'h',
      changes: { rosterFrom: version === 1 ? 0 : 2, roster: [], models: [], vehicles: [], plans: [], missions: [], incidents: [], conflicts: [], deviations: [], ...more },
    });
  };
  apply(1, {
    roster: ['A', 'B'], models: [agv],
    vehicles: ['A', 'B'].map((vehicleId) => ({ vehicleId, modelId: 'agv', activity: 'driving', missionId: '', incidentId: '', routeId: 'r', because: [], holds: [], atMs: 0 })), ...changes,
  });
  const position = (number: number, xM: number) => ({ number, xM, yM: 20, headingRad: 0, speedMps: 3, hitchAnglesRad: [], stopped: false, online: true });
  poses.receive(encodePositions({ atMs: 0, positions: [position(0, 20), position(1, 120)] }).slice().buffer, 1);
  return { model, poses, apply };
}

describe('buildSiteLayers', () => {
  it('fills each block, zone and draws each slot, point and driving direction once', () => {
    const layers = buildSiteLayers(map, triangulate);
    expect(layers.fills.vertices).toBe(3 * 6);
    expect(layers.markers.vertices).toBe(1);
    expect(layers.details.vertices).toBe(2 * 2 * 6);
    // Zone, the one block that is no junction, slot: four edges each.
    expect(layers.edges.vertices).toBe(3 * 4 * 6);
    expect(mapOrigin(map)).toEqual([100, 50]);
  });
});

describe('VehicleLayer', () => {
  const view = { xM: 100, yM: 50, pixelsPerM: 4 };
  it('draws body and nose of each vehicle in view, and none that is not', () => {
    const { model, poses } = site();
    const layer = new VehicleLayer(model, poses, [0, 0]);
    layer.build(view, [800, 600], '');
    expect(layer.fills.vertices).toBe(2 * (6 + 6));
    expect(layer.fills.data[8]).toBe(paintNumber('driving'));
    layer.build({ xM: 20, yM: 20, pixelsPerM: 40 }, [800, 600], '');
    expect(layer.fills.vertices).toBe(6 + 6);
  });
  it('draws dots where contours are too small to see', () => {
    const { model, poses } = site();
    const layer = new VehicleLayer(model, poses, [0, 0]);
    layer.build({ ...view, pixelsPerM: 0.5 }, [800, 600], '');
    expect(layer.dots.vertices).toBe(2);
    expect(layer.edges.vertices).toBe(0);
  });
  it('picks the vehicle under the pointer by its contour, else the nearest within reach', () => {
    const { model, poses } = site();
    const layer = new VehicleLayer(model, poses, [0, 0]);
    layer.build(view, [800, 600], '');
    expect(layer.at(26.5, 21, 0)).toBe(0);
    expect(layer.at(28, 20, 1)).toBe(-1);
    expect(layer.at(28, 20, 9)).toBe(0);
    expect(layer.at(119, 20, 0)).toBe(1);
  });
});

describe('OverlayLayer', () => {
  const plan = { vehicleId: 'A', routeId: 'r', pathXyM: [0, 20, 20, 20, 100, 20], limitFromSM: [0], limitMps: [8], publishedAtMs: 0 };
  it('draws the region and the assigned slots of open incidents, anew only when one changes', () => {
    const { model, poses, apply } = site({ incidents: [incident] });
    const layer = new OverlayLayer(map, model, poses, [0, 0], triangulate);
    expect(layer.buildAreas(focus)).toBe(true);
    expect(layer.areas.vertices).toBe(3 + 6);
    expect(layer.buildAreas(focus)).toBe(false);
    apply(2, { incidents: [{ ...incident, state: 'closed' }] });
    expect(layer.buildAreas(focus)).toBe(true);
    expect(layer.areas.vertices).toBe(0);
  });
  it('leads each member that is not parked to its slot', () => {
    const { model, poses, apply } = site({ incidents: [incident] });
    const layer = new OverlayLayer(map, model, poses, [0, 0], triangulate);
    layer.buildLinks(focus);
    expect(layer.links.vertices).toBe(6);
    apply(2, { incidents: [{ ...incident, parked: ['A'] }] });
    layer.buildLinks(focus);
    expect(layer.links.vertices).toBe(0);
  });
  it('draws a conflict from both vehicles to the place of contact', () => {
    const { model, poses } = site({ conflicts: [{ conflictId: 'c', phase: 'opened', a: 'A', b: 'object:7', severity: 'imminent', timeToContactS: 1, xM: 40, yM: 20, observedAtMs: 0 }] });
    const layer = new OverlayLayer(map, model, poses, [0, 0], triangulate);
    layer.buildLinks(focus);
    expect(layer.links.vertices).toBe(6);
    expect(layer.links.data[20]).toBe(paintNumber('conflict-imminent'));
    expect(layer.markers.vertices).toBe(2);
  });
  it('shows the route of the selected vehicle, and of every one when asked', () => {
    const { model, poses } = site({ plans: [plan, { ...plan, vehicleId: 'B' }] });
    const layer = new OverlayLayer(map, model, poses, [0, 0], triangulate);
    layer.buildRoutes(focus, 0);
    expect(layer.routes.vertices).toBe(0);
    layer.buildLinks({ ...focus, vehicleId: 'A' });
    // The straight path is one stretch; the 20 m that are done lie on it again.
    expect(layer.links.vertices).toBe(2 * 6);
    layer.buildRoutes({ ...focus, isEveryRouteShown: true }, 0);
    expect(layer.routes.vertices).toBe(2 * 6);
  });
  it('builds routes anew at most once a second while only the picture changes', () => {
    const { model, poses, apply } = site({ plans: [plan] });
    const layer = new OverlayLayer(map, model, poses, [0, 0], triangulate);
    const all = { ...focus, isEveryRouteShown: true };
    expect(layer.buildRoutes(all, 5000)).toBe(true);
    expect(layer.buildRoutes(all, 9000)).toBe(false);
    apply(2, { plans: [{ ...plan, vehicleId: 'B' }] });
    expect(layer.buildRoutes(all, 9100)).toBe(true);
    apply(3, { plans: [{ ...plan, publishedAtMs: 1 }] });
    expect(layer.buildRoutes(all, 10_050)).toBe(false);
    expect(layer.buildRoutes(focus, 10_060)).toBe(true);
    expect(layer.routes.vertices).toBe(0);
  });
  it('draws nothing for a route without length', () => {
    const { model, poses } = site({ plans: [{ ...plan, pathXyM: [5, 5, 5, 5] }] });
    const layer = new OverlayLayer(map, model, poses, [0, 0], triangulate);
    layer.buildLinks({ ...focus, vehicleId: 'A' });
    expect(layer.links.vertices).toBe(0);
  });
});
