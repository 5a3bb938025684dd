import type { SiteMap } from '../site-map';
import type { SiteModel } from '../site-model';
import { POSE_STRIDE, type VehiclePoses } from '../vehicle-poses';
import type { Camera } from './camera';

const VEHICLES_FROM_PIXELS_PER_M = 1.6;
const POINTS_FROM_PIXELS_PER_M = 0.9;
const SLOTS_FROM_PIXELS_PER_M = 5;
const ZONES_FROM_PIXELS_PER_M = 0.25;
const MOST_LABELS = 250;

export interface LabelColours {
  readonly text: string;
  readonly halo: string;
  readonly faint: string;
  readonly danger: string;
  readonly selected: string;
}

/** Words on the map: a flat canvas above the graphics one. Draws what is in view and fits the scale. */
export class LabelPainter {
  private left = 0;

  constructor(private readonly context: CanvasRenderingContext2D, private readonly map: SiteMap, private readonly model: SiteModel, private readonly poses: VehiclePoses) {}

  paint(camera: Camera, devicePixels: number, colours: LabelColours, selectedId: string): void {
    const { context } = this;
    const [widthPx, heightPx] = camera.sizePx;
    context.setTransform(devicePixels, 0, 0, devicePixels, 0, 0);
    context.clearRect(0, 0, widthPx, heightPx);
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    context.lineWidth = 3;
    context.strokeStyle = colours.halo;
    this.left = MOST_LABELS;
    const { pixelsPerM } = camera.view;
    if (pixelsPerM >= ZONES_FROM_PIXELS_PER_M) this.paintZones(camera, colours.faint);
    if (pixelsPerM >= SLOTS_FROM_PIXELS_PER_M) this.paintSlots(camera, colours.faint);
    if (pixelsPerM >= POINTS_FROM_PIXELS_PER_M) this.paintPoints(camera, colours.text);
    this.paintVehicles(camera, colours, selectedId, pixelsPerM >= VEHICLES_FROM_PIXELS_PER_M);
    this.paintConflicts(camera, colours.danger);
  }

  private paintZones(camera: Camera, colour: string): void {
    this.context.font = '500 11px Inter, system-ui, sans-serif';
    this.context.fillStyle = colour;
    for (const zone of this.map.zones) {
      let [minX, maxX, maxY] = [Infinity, -Infinity, -Infinity];
      for (let i = 0; i < zone.outlineXyM.length; i += 2) {
        minX = Math.min(minX, zone.outlineXyM[i]!);
        maxX = Math.max(maxX, zone.outlineXyM[i]!);
        maxY = Math.max(maxY, zone.outlineXyM[i + 1]!);
      }
      if ((maxX - minX) * camera.view.pixelsPerM < zone.id.length * 8) continue;
      const [xPx, yPx] = camera.toScreen((minX + maxX) / 2, maxY);
      this.write(camera, zone.id, xPx, yPx + 10);
    }
  }

  private paintSlots(camera: Camera, colour: string): void {
    this.context.font = '500 10px Inter, system-ui, sans-serif';
    this.context.fillStyle = colour;
    for (const slot of this.map.slots) this.write(camera, slot.id, ...camera.toScreen(slot.xM, slot.yM));
  }

  private paintPoints(camera: Camera, colour: string): void {
    this.context.font = '600 10px Inter, system-ui, sans-serif';
    this.context.fillStyle = colour;
    for (const point of this.map.transferPoints) {
      const [xPx, yPx] = camera.toScreen(point.xM, point.yM);
      this.write(camera, point.id, xPx, yPx - 12);
    }
  }

  private paintVehicles(camera: Camera, colours: LabelColours, selectedId: string, isEvery: boolean): void {
    this.context.font = '600 11px Inter, system-ui, sans-serif';
    const { shown, reportedAtMs, count } = this.poses;
    const selected = this.model.numberOf.get(selectedId) ?? -1;
    for (let number = isEvery ? 0 : Math.max(0, selected); number < (isEvery ? count : selected + 1); number += 1) {
      if (reportedAtMs[number] === 0) continue;
      const [xPx, yPx] = camera.toScreen(shown[number * POSE_STRIDE]!, shown[number * POSE_STRIDE + 1]!);
      this.context.fillStyle = number === selected ? colours.selected : colours.text;
      this.write(camera, this.model.roster[number] ?? '', xPx, yPx + 16);
    }
  }

  private paintConflicts(camera: Camera, colour: string): void {
    this.context.font = '700 11px Inter, system-ui, sans-serif';
    this.context.fillStyle = colour;
    for (const conflict of this.model.conflicts.values()) {
      if (conflict.severity === 'possible' && camera.view.pixelsPerM < VEHICLES_FROM_PIXELS_PER_M) continue;
      const [xPx, yPx] = camera.toScreen(conflict.xM, conflict.yM);
      this.write(camera, `${conflict.timeToContactS.toFixed(1)} s`, xPx, yPx - 18);
    }
  }

  private write(camera: Camera, text: string, xPx: number, yPx: number): void {
    const [widthPx, heightPx] = camera.sizePx;
    if (this.left <= 0 || xPx < -40 || yPx < -20 || xPx > widthPx + 40 || yPx > heightPx + 20) return;
    this.left -= 1;
    this.context.strokeText(text, xPx, yPx);
    this.context.fillText(text, xPx, yPx);
  }
}
