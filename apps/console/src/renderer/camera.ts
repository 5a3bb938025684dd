/** What the map is seen through: a point of the site at the middle of the view, and a scale. North is up. */
export interface View {
  readonly xM: number;
  readonly yM: number;
  readonly pixelsPerM: number;
}

const CLOSEST_PIXELS_PER_M = 60;
/** Time constant of the glide towards the target [ms]. */
const GLIDE_MS = 70;

/**
 * Camera over the site. Movements set a target; `advance` glides towards it. Screen points are CSS pixels from the upper left corner of the map.
 */
export class Camera {
  private shown: View = { xM: 0, yM: 0, pixelsPerM: 1 };
  private target: View = this.shown;
  private widthPx = 1;
  private heightPx = 1;
  private boundsM: readonly [number, number, number, number] = [-100, -100, 100, 100];

  get view(): View {
    return this.shown;
  }

  get sizePx(): readonly [width: number, height: number] {
    return [this.widthPx, this.heightPx];
  }

  resize(widthPx: number, heightPx: number): void {
    this.widthPx = Math.max(1, widthPx);
    this.heightPx = Math.max(1, heightPx);
  }

  setBounds(boundsM: readonly [number, number, number, number]): void {
    this.boundsM = boundsM;
  }

  /** Shows a rectangle whole, with a margin, at once or gliding. */
  fit(boundsM: readonly [number, number, number, number] = this.boundsM, isInstant = false): void {
    const [minXM, minYM, maxXM, maxYM] = boundsM;
    const marginPx = Math.min(48, 0.08 * Math.min(this.widthPx, this.heightPx));
    const wide = (this.widthPx - 2 * marginPx) / Math.max(1, maxXM - minXM);
    const high = (this.heightPx - 2 * marginPx) / Math.max(1, maxYM - minYM);
    this.aim({ xM: (minXM + maxXM) / 2, yM: (minYM + maxYM) / 2, pixelsPerM: Math.max(1e-3, Math.min(wide, high)) }, isInstant);
  }

  /** Puts a point of the site into the middle of the view. */
  centreOn(xM: number, yM: number, closerThanPixelsPerM = 0): void {
    this.aim({ xM, yM, pixelsPerM: Math.max(this.target.pixelsPerM, closerThanPixelsPerM) });
  }

  /** Moves the map with the pointer: the point under it stays under it, so this does not glide. */
  drag(dxPx: number, dyPx: number): void {
    const { xM, yM, pixelsPerM } = this.shown;
    this.aim({ xM: xM - dxPx / pixelsPerM, yM: yM + dyPx / pixelsPerM, pixelsPerM }, true);
  }

  pan(rightPx: number, upPx: number): void {
    const { xM, yM, pixelsPerM } = this.target;
    this.aim({ xM: xM + rightPx / pixelsPerM, yM: yM + upPx / pixelsPerM, pixelsPerM });
  }

  /** Zooms about a point of the screen, which keeps its place on the site. */
  zoomAt(screenXPx: number, screenYPx: number, factor: number, isInstant = false): void {
    const from = isInstant ? this.shown : this.target;
    const pixelsPerM = Math.min(CLOSEST_PIXELS_PER_M, Math.max(this.leastPixelsPerM(), from.pixelsPerM * factor));
    const offXPx = screenXPx - this.widthPx / 2;
    const offYPx = this.heightPx / 2 - screenYPx;
    const xM = from.xM + offXPx / from.pixelsPerM - offXPx / pixelsPerM;
    const yM = from.yM + offYPx / from.pixelsPerM - offYPx / pixelsPerM;
    this.aim({ xM, yM, pixelsPerM }, isInstant);
  }

  zoom(factor: number): void {
    this.zoomAt(this.widthPx / 2, this.heightPx / 2, factor);
  }

  /** Glides on. @returns true while it has not arrived */
  advance(elapsedMs: number): boolean {
    const { shown, target } = this;
    if (shown === target) return false;
    const ratio = 1 - Math.exp(-elapsedMs / GLIDE_MS);
    // Scale glides by ratio, so that the middle is weighed by it as well: the point zoomed about then stays where it is all the way.
    const pixelsPerM = shown.pixelsPerM * (target.pixelsPerM / shown.pixelsPerM) ** ratio;
    const change = 1 / target.pixelsPerM - 1 / shown.pixelsPerM;
    const weight = Math.abs(change) * shown.pixelsPerM < 1e-6 ? ratio : (1 / pixelsPerM - 1 / shown.pixelsPerM) / change;
    const next = { xM: shown.xM + weight * (target.xM - shown.xM), yM: shown.yM + weight * (target.yM - shown.yM), pixelsPerM };
    const offPx = Math.hypot(target.xM - next.xM, target.yM - next.yM) * target.pixelsPerM + Math.abs(Math.log(target.pixelsPerM / pixelsPerM)) * 1000;
    this.shown = offPx < 0.1 ? target : next;
    return this.shown !== target;
  }

  toScreen(xM: number, yM: number): [xPx: number, yPx: number] {
    const { shown } = this;
    return [this.widthPx / 2 + (xM - shown.xM) * shown.pixelsPerM, this.heightPx / 2 - (yM - shown.yM) * shown.pixelsPerM];
  }

  toSite(xPx: number, yPx: number): [xM: number, yM: number] {
    const { shown } = this;
    return [shown.xM + (xPx - this.widthPx / 2) / shown.pixelsPerM, shown.yM + (this.heightPx / 2 - yPx) / shown.pixelsPerM];
  }

  private leastPixelsPerM(): number {
    const [minXM, minYM, maxXM, maxYM] = this.boundsM;
    return 0.4 * Math.min(this.widthPx / Math.max(1, maxXM - minXM), this.heightPx / Math.max(1, maxYM - minYM));
  }

  /** The middle of the view stays within the site's bounds: nobody gets lost in empty space. */
  private aim(view: View, isInstant = false): void {
    const [minXM, minYM, maxXM, maxYM] = this.boundsM;
    this.target = { xM: Math.min(maxXM, Math.max(minXM, view.xM)), yM: Math.min(maxYM, Math.max(minYM, view.yM)), pixelsPerM: view.pixelsPerM };
    if (isInstant) this.shown = this.target;
  }
}
