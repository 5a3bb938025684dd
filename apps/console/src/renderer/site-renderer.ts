import earcut from 'earcut';
import type { SiteMap } from '../site-map';
import type { SiteModel } from '../site-model';
import type { VehiclePoses } from '../vehicle-poses';
import type { Camera } from './camera';
import { GlLayer, type LayerKind } from './gl-layer';
import { GlProgram } from './gl-program';
import { type MapFocus, OverlayLayer } from './overlay-layer';
import { fillShader, markerShader, strokeShader } from './shaders';
import { buildSiteLayers, mapOrigin } from './site-layers';
import type { VertexBuffer } from './vertex-buffer';
import { VehicleLayer } from './vehicle-layer';

/** Direction chevrons are drawn from this scale on. */
const DETAILS_FROM_PIXELS_PER_M = 2.2;

/** Draws one map with everything on it. Lives as long as its graphics context; a restored context gets a new renderer. */
export class SiteRenderer {
  readonly vehicles: VehicleLayer;
  private readonly overlay: OverlayLayer;
  private readonly originM: readonly [number, number];
  private readonly programs: Readonly<Record<LayerKind, GlProgram>>;
  private readonly layers: Readonly<Record<'fills' | 'edges' | 'details' | 'points' | 'areas' | 'areaEdges' | 'routes' | 'links' | 'bodies' | 'bodyEdges' | 'dots' | 'signs', GlLayer>>;

  /** @throws Error with the driver's words when the graphics card refuses a shader */
  constructor(private readonly gl: WebGL2RenderingContext, map: SiteMap, model: SiteModel, poses: VehiclePoses) {
    this.originM = mapOrigin(map);
    this.vehicles = new VehicleLayer(model, poses, this.originM);
    this.overlay = new OverlayLayer(map, model, poses, this.originM, earcut);
    this.programs = { fill: new GlProgram(gl, fillShader), stroke: new GlProgram(gl, strokeShader), marker: new GlProgram(gl, markerShader) };
    const site = buildSiteLayers(map, earcut);
    const layer = (kind: LayerKind, vertices: VertexBuffer): GlLayer => new GlLayer(gl, kind, vertices.vertexBytes);
    this.layers = {
      fills: layer('fill', site.fills), edges: layer('stroke', site.edges), details: layer('stroke', site.details), points: layer('marker', site.markers),
      areas: layer('fill', this.overlay.areas), areaEdges: layer('stroke', this.overlay.areaEdges), routes: layer('stroke', this.overlay.routes),
      links: layer('stroke', this.overlay.links), bodies: layer('fill', this.vehicles.fills), bodyEdges: layer('stroke', this.vehicles.edges),
      dots: layer('marker', this.vehicles.dots), signs: layer('marker', this.overlay.markers),
    };
    this.layers.fills.fill(site.fills, true);
    this.layers.edges.fill(site.edges, true);
    this.layers.details.fill(site.details, true);
    this.layers.points.fill(site.markers, true);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  setPalette(palette: Float32Array): void {
    for (const program of Object.values(this.programs)) {
      program.use();
      this.gl.uniform4fv(program.uniform('u_palette'), palette);
    }
  }

  draw(camera: Camera, devicePixels: number, focus: MapFocus, nowMs: number): void {
    const { gl, layers, overlay, vehicles } = this;
    const { view, sizePx } = camera;
    if (overlay.buildAreas(focus)) {
      layers.areas.fill(overlay.areas, true);
      layers.areaEdges.fill(overlay.areaEdges, true);
    }
    if (overlay.buildRoutes(focus, nowMs)) layers.routes.fill(overlay.routes, true);
    overlay.buildLinks(focus);
    layers.links.fill(overlay.links, false);
    layers.signs.fill(overlay.markers, false);
    vehicles.build(view, sizePx, focus.vehicleId);
    layers.bodies.fill(vehicles.fills, false);
    layers.bodyEdges.fill(vehicles.edges, false);
    layers.dots.fill(vehicles.dots, false);

    gl.viewport(0, 0, Math.round(sizePx[0] * devicePixels), Math.round(sizePx[1] * devicePixels));
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.setView(camera, devicePixels);
    const isNear = view.pixelsPerM >= DETAILS_FROM_PIXELS_PER_M;
    this.run(layers.fills, layers.areas, layers.edges);
    if (isNear) this.run(layers.details);
    this.run(layers.areaEdges, layers.routes, layers.points, layers.links, layers.bodies, layers.bodyEdges, layers.dots, layers.signs);
  }

  dispose(): void {
    for (const layer of Object.values(this.layers)) layer.dispose();
  }

  private setView(camera: Camera, devicePixels: number): void {
    const { gl } = this;
    const { view: { xM, yM, pixelsPerM }, sizePx } = camera;
    for (const program of Object.values(this.programs)) {
      program.use();
      gl.uniform4f(program.uniform('u_view'), xM - this.originM[0], yM - this.originM[1], sizePx[0] / 2 / pixelsPerM, sizePx[1] / 2 / pixelsPerM);
      gl.uniform1f(program.uniform('u_pixelsPerM'), pixelsPerM);
      gl.uniform1f(program.uniform('u_devicePixels'), devicePixels);
    }
  }

  private run(...layers: GlLayer[]): void {
    for (const layer of layers) {
      this.programs[layer.kind].use();
      layer.draw();
    }
  }
}
