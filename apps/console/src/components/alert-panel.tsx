import type { Conflict } from '@quaymaster/messages';
import type { JSX } from 'preact';
import { deviationWords, severityWords } from '../wording';
import { useStore } from './use-store';
import { VehicleLink } from './vehicle-link';

const rank: Readonly<Record<Conflict['severity'], number>> = { imminent: 0, warning: 1, possible: 2 };
const MOST_ROWS = 100;

/** Predicted contacts, most pressing first, then vehicles off their plan. */
export function AlertPanel(): JSX.Element {
  const store = useStore();
  const conflicts = [...store.model.conflicts.values()].sort((a, b) => rank[a.severity] - rank[b.severity] || a.timeToContactS - b.timeToContactS);
  const deviations = [...store.model.deviations.values()].sort((a, b) => a.vehicleId.localeCompare(b.vehicleId));
  if (conflicts.length + deviations.length === 0) {
    return <div class="empty"><h2>No alerts</h2><p>No contact is predicted and every vehicle is where its plan says.</p></div>;
  }
  const show = (xM: number, yM: number): void => { store.onCameraWish({ kind: 'area', boundsM: [xM - 60, yM - 40, xM + 60, yM + 40] }); };
  return (
    <div class="padded">
      {conflicts.length > 0 && <h3>Conflicts</h3>}
      <ul class="alerts">
        {conflicts.slice(0, MOST_ROWS).map((conflict) => (
          <li key={conflict.conflictId} class={`alert ${conflict.severity}`}>
            <span class="row"><b>{severityWords[conflict.severity]}</b><span class="number">{conflict.timeToContactS.toFixed(1)} s</span><button type="button" class="button small push" onClick={() => { show(conflict.xM, conflict.yM); }}>Show</button></span>
            <span class="row"><VehicleLink id={conflict.a} /> <span class="note">and</span> <VehicleLink id={conflict.b} /></span>
          </li>
        ))}
      </ul>
      {deviations.length > 0 && <h3>Deviations</h3>}
      <ul class="alerts">
        {deviations.slice(0, MOST_ROWS).map((deviation) => (
          <li key={deviation.deviationId} class="alert warning">
            <span class="row"><VehicleLink id={deviation.vehicleId} /><button type="button" class="button small push" onClick={() => { show(deviation.xM, deviation.yM); }}>Show</button></span>
            <span>{deviationWords[deviation.kind].name}: {deviation.size.toFixed(1)} {deviationWords[deviation.kind].unit}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
