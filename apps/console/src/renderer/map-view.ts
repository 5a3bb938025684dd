import type { CameraWish, ConsoleStore } from '../console-store';
import { pauseRectangle } from '../operator-actions';
import type { SiteMap } from '../site-map';
import { POSE_STRIDE } from '../vehicle-poses';
import { Camera } from './camera';
import { type LabelColours, LabelPainter } from './label-painter';
import { readPalette } from './paint';
import { PointerControl } from './pointer-control';
import { SiteRenderer } from './site-renderer';

export interface MapElements {
  readonly root: HTMLElement;
  readonly graphics: HTMLCanvasElement;
  readonly labels: HTMLCanvasElement;
}

export interface Hover {
  readonly vehicleId: string;
  readonly xPx: number;
  readonly yPx: number;
}

/** A vehicle is picked within this distance of the pointer [px]. */
const PICK_PX = 16;

/** The map on the page: owns the graphics context, the camera and the frame loop, which runs only while something changes. */
export class MapView {
  readonly camera = new Camera();
  onHover: (hover: Hover | null) => void = () => undefined;
  onScale: (pixelsPerM: number) => void = () => undefined;
  /** Words of the driver when the map cannot be drawn, '' while it can. */
  failure = '';
  private renderer: SiteRenderer | null = null;
  private painter: LabelPainter | null = null;
  private map: SiteMap | null = null;
  private readonly gl: WebGL2RenderingContext | null;
  private readonly pointer: PointerControl;
  private readonly observer: ResizeObserver;
  private frameRequest = 0;
  private lastFrameMs = 0;
  private devicePixels = 1;
  private draftM: readonly [number, number, number, number] | null = null;
  private colours: LabelColours = { text: '', halo: '', faint: '', danger: '', selected: '' };
  private shownScale = 0;

  constructor(private readonly elements: MapElements, private readonly store: ConsoleStore, private readonly pauseReason: () => string) {
    const { root, graphics } = elements;
    this.gl = graphics.getContext('webgl2', { antialias: true, alpha: true, powerPreference: 'high-performance' });
    if (this.gl === null) this.failure = 'This browser offers no WebGL 2. Lists and actions work without the map.';
    graphics.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      this.renderer = null;
    });
    graphics.addEventListener('webglcontextrestored', () => { this.rebuild(); });
    this.pointer = new PointerControl(root, this.camera, {
      moved: () => {
        if (store.ui.isFollowing) store.set({ isFollowing: false });
        this.invalidate();
      },
      picked: (xPx, yPx) => { store.selectVehicle(this.vehicleAt(xPx, yPx)); },
      hovered: (at) => { this.hover(at); },
      drawn: (from, to, isFinished) => { this.drawn(from, to, isFinished); },
    });
    this.observer = new ResizeObserver(() => { this.resize(); });
    this.observer.observe(root);
    this.resize();
    store.onRedraw = () => { this.invalidate(); };
    store.onCameraWish = (wish) => { this.obey(wish); };
  }

  dispose(): void {
    this.observer.disconnect();
    cancelAnimationFrame(this.frameRequest);
    this.renderer?.dispose();
    this.store.onRedraw = () => undefined;
    this.store.onCameraWish = () => undefined;
  }

  setMap(map: SiteMap): void {
    if (map === this.map) return;
    const isFirst = this.map === null;
    this.map = map;
    this.camera.setBounds(map.boundsM);
    if (isFirst) this.camera.fit(map.boundsM, true);
    this.rebuild();
  }

  /** Reads the colours of the style sheet again. */
  setTheme(): void {
    const style = getComputedStyle(this.elements.root);
    const property = (name: string): string => style.getPropertyValue(name);
    this.renderer?.setPalette(readPalette(property));
    this.colours = {
      text: property('--map-text'), halo: property('--map-halo'), faint: property('--map-text-faint'), danger: property('--map-text-danger'),
      selected: property('--map-text-selected'),
    };
    this.invalidate();
  }

  fit(): void {
    this.camera.fit();
    this.invalidate();
  }

  zoom(factor: number): void {
    this.camera.zoom(factor);
    this.invalidate();
  }

  pan(rightPx: number, upPx: number): void {
    if (this.store.ui.isFollowing) this.store.set({ isFollowing: false });
    this.camera.pan(rightPx, upPx);
    this.invalidate();
  }

  setDrawing(isDrawing: boolean): void {
    this.pointer.isDrawing = isDrawing;
    if (!isDrawing) this.draftM = null;
    this.invalidate();
  }

  invalidate(): void {
    if (this.frameRequest === 0) this.frameRequest = requestAnimationFrame((nowMs) => { this.frame(nowMs); });
  }

  private frame(nowMs: number): void {
    this.frameRequest = 0;
    const elapsedMs = Math.min(100, Math.max(1, nowMs - this.lastFrameMs));
    this.lastFrameMs = nowMs;
    const isGliding = this.store.poses.advance(performance.now());
    this.follow();
    const isMoving = this.camera.advance(elapsedMs);
    const { ui } = this.store;
    this.renderer?.draw(this.camera, this.devicePixels, {
      vehicleId: ui.vehicleId, incidentId: ui.incidentId, isEveryRouteShown: ui.isEveryRouteShown, draftM: this.draftM,
    }, nowMs);
    this.painter?.paint(this.camera, this.devicePixels, this.colours, ui.vehicleId);
    if (this.camera.view.pixelsPerM !== this.shownScale) {
      this.shownScale = this.camera.view.pixelsPerM;
      this.onScale(this.shownScale);
    }
    if (isGliding || isMoving) this.invalidate();
  }

  private rebuild(): void {
    const context = this.elements.labels.getContext('2d');
    if (this.map === null || context === null) return;
    this.painter = new LabelPainter(context, this.map, this.store.model, this.store.poses);
    if (this.gl === null) return;
    this.renderer?.dispose();
    try {
      this.renderer = new SiteRenderer(this.gl, this.map, this.store.model, this.store.poses);
    } catch (error) {
      this.renderer = null;
      this.failure = error instanceof Error ? error.message : String(error);
    }
    this.setTheme();
  }

  private resize(): void {
    const { root, graphics, labels } = this.elements;
    const widthPx = root.clientWidth;
    const heightPx = root.clientHeight;
    if (widthPx === 0 || heightPx === 0) return;
    this.devicePixels = Math.min(2, window.devicePixelRatio);
    const wasUnsized = this.camera.sizePx[0] === 1;
    this.camera.resize(widthPx, heightPx);
    if (wasUnsized) this.camera.fit(undefined, true);
    for (const canvas of [graphics, labels]) {
      canvas.width = Math.round(widthPx * this.devicePixels);
      canvas.height = Math.round(heightPx * this.devicePixels);
    }
    this.invalidate();
  }

  private follow(): void {
    const { ui, model, poses } = this.store;
    if (!ui.isFollowing) return;
    const number = model.numberOf.get(ui.vehicleId);
    if (number !== undefined && (poses.reportedAtMs[number] ?? 0) > 0) this.camera.centreOn(poses.shown[number * POSE_STRIDE]!, poses.shown[number * POSE_STRIDE + 1]!);
  }

  private obey(wish: CameraWish): void {
    if (wish.kind === 'area') this.camera.fit(wish.boundsM);
    else {
      const number = this.store.model.numberOf.get(wish.vehicleId);
      if (number === undefined || (this.store.poses.reportedAtMs[number] ?? 0) === 0) return;
      this.camera.centreOn(this.store.poses.shown[number * POSE_STRIDE]!, this.store.poses.shown[number * POSE_STRIDE + 1]!, 4);
    }
    this.invalidate();
  }

  private vehicleAt(xPx: number, yPx: number): string {
    const number = this.renderer?.vehicles.at(...this.camera.toSite(xPx, yPx), PICK_PX / this.camera.view.pixelsPerM) ?? -1;
    return this.store.model.roster[number] ?? '';
  }

  private hover(at: readonly [number, number] | null): void {
    const vehicleId = at === null || this.pointer.isDrawing ? '' : this.vehicleAt(at[0], at[1]);
    this.elements.root.style.cursor = this.pointer.isDrawing ? 'crosshair' : vehicleId === '' ? '' : 'pointer';
    this.onHover(at === null || vehicleId === '' ? null : { vehicleId, xPx: at[0], yPx: at[1] });
  }

  private drawn(from: readonly [number, number], to: readonly [number, number], isFinished: boolean): void {
    const [ax, ay] = this.camera.toSite(from[0], from[1]);
    const [bx, by] = this.camera.toSite(to[0], to[1]);
    const boundsM = [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)] as const;
    this.draftM = isFinished ? null : boundsM;
    this.invalidate();
    if (!isFinished) return;
    void this.store.act(pauseRectangle(boundsM, this.pauseReason()));
    this.store.set({ isPausingRegion: false });
  }
}
