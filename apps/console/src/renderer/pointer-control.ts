import type { Camera } from './camera';

export interface PointerHandlers {
  /** The view changed. */
  readonly moved: () => void;
  /** A click or tap, in screen pixels. */
  readonly picked: (xPx: number, yPx: number) => void;
  /** The pointer rests over a point; null when it has left. */
  readonly hovered: (at: readonly [xPx: number, yPx: number] | null) => void;
  /** A rectangle is being drawn, or (last) is finished; corners in screen pixels. */
  readonly drawn: (from: readonly [number, number], to: readonly [number, number], isFinished: boolean) => void;
}

/** A press that moves less than this is a click [px]. */
const CLICK_PX = 5;

/** Mouse, pen and touch on the map: drag moves, wheel and two fingers zoom, a click picks, and in drawing mode a drag draws a rectangle. */
export class PointerControl {
  isDrawing = false;
  private readonly down = new Map<number, readonly [number, number]>();
  private start: readonly [number, number] = [0, 0];
  private hasMoved = false;
  private spreadPx = 0;

  constructor(private readonly element: HTMLElement, private readonly camera: Camera, private readonly handlers: PointerHandlers) {
    element.addEventListener('pointerdown', (event) => { this.press(event); });
    element.addEventListener('pointermove', (event) => { this.move(event); });
    element.addEventListener('pointerup', (event) => { this.lift(event, true); });
    element.addEventListener('pointercancel', (event) => { this.lift(event, false); });
    element.addEventListener('pointerleave', () => { handlers.hovered(null); });
    element.addEventListener('wheel', (event) => { this.wheel(event); }, { passive: false });
    element.addEventListener('dblclick', (event) => {
      camera.zoomAt(...this.point(event), event.shiftKey ? 0.5 : 2);
      handlers.moved();
    });
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.element.setPointerCapture(event.pointerId);
    this.down.set(event.pointerId, this.point(event));
    if (this.down.size === 1) {
      this.start = this.point(event);
      this.hasMoved = false;
    } else {
      this.hasMoved = true;
      this.spreadPx = this.spread();
    }
    this.handlers.hovered(null);
  }

  private move(event: PointerEvent): void {
    const before = this.down.get(event.pointerId);
    const now = this.point(event);
    if (before === undefined) {
      if (event.pointerType !== 'touch') this.handlers.hovered(now);
      return;
    }
    if (!this.hasMoved && Math.hypot(now[0] - this.start[0], now[1] - this.start[1]) < CLICK_PX) return;
    this.hasMoved = true;
    this.down.set(event.pointerId, now);
    if (this.down.size > 1) this.pinch(before, now);
    else if (this.isDrawing) this.handlers.drawn(this.start, now, false);
    else {
      this.camera.drag(now[0] - before[0], now[1] - before[1]);
      this.handlers.moved();
    }
  }

  /** Two fingers: the map follows half of each finger's way, and the spread of both is the scale. */
  private pinch(before: readonly [number, number], now: readonly [number, number]): void {
    const [a, b] = [...this.down.values()];
    if (a === undefined || b === undefined) return;
    const spreadPx = this.spread();
    this.camera.drag((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    if (this.spreadPx > 0) this.camera.zoomAt((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, spreadPx / this.spreadPx, true);
    this.spreadPx = spreadPx;
    this.handlers.moved();
  }

  private lift(event: PointerEvent, isMeant: boolean): void {
    if (!this.down.delete(event.pointerId) || this.down.size > 0) return;
    if (this.isDrawing && this.hasMoved && isMeant) this.handlers.drawn(this.start, this.point(event), true);
    else if (!this.hasMoved && isMeant) this.handlers.picked(...this.point(event));
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const stepPx = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 18 : event.deltaY;
    this.camera.zoomAt(...this.point(event), Math.exp(-Math.max(-240, Math.min(240, stepPx)) / 360));
    this.handlers.moved();
  }

  private spread(): number {
    const [a, b] = [...this.down.values()];
    return a === undefined || b === undefined ? 0 : Math.hypot(a[0] - b[0], a[1] - b[1]);
  }

  private point(event: MouseEvent): [number, number] {
    const box = this.element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }
}
