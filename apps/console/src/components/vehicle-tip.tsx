import type { JSX } from 'preact';
import type { Hover } from '../renderer/map-view';
import { activityWords } from '../wording';
import { useStore } from './use-store';

export function VehicleTip({ hover }: { hover: Hover }): JSX.Element {
  const { model, poses } = useStore();
  const status = model.vehicles.get(hover.vehicleId);
  const number = model.numberOf.get(hover.vehicleId) ?? -1;
  return (
    <div class="tip" style={{ transform: `translate(${Math.round(hover.xPx + 14)}px, ${Math.round(hover.yPx + 14)}px)` }} aria-hidden="true">
      <b>{hover.vehicleId}</b>
      <span>{status === undefined ? 'unknown' : activityWords[status.activity]} · {(poses.speedMps[number] ?? 0).toFixed(1)} m/s</span>
      {status?.because[0] !== undefined && <em>{status.because[0]}</em>}
    </div>
  );
}
