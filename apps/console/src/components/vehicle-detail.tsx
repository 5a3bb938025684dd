import type { Hold, VehicleStatus } from '@quaymaster/messages';
import type { JSX } from 'preact';
import { releaseHold, stopVehicle } from '../operator-actions';
import { POSE_STRIDE } from '../vehicle-poses';
import { activityWords, ageText, clockText, deviationWords, severityWords } from '../wording';
import { Icon } from './icons';
import { useStore } from './use-store';
import { VehicleLink } from './vehicle-link';

export function VehicleDetail({ id }: { id: string }): JSX.Element {
  const store = useStore();
  const status = store.model.vehicles.get(id);
  return (
    <article class="vehicle" aria-label={`Vehicle ${id}`}>
      <header class="row">
        <button type="button" class="button icon-only" aria-label="Back to the list of vehicles" onClick={() => { store.set({ vehicleId: '', isFollowing: false }); }}><Icon name="back" /></button>
        <h2>{id}</h2>
        {status !== undefined && <span class={`activity ${status.activity}`}>{activityWords[status.activity]}</span>}
      </header>
      <div class="actions">
        <button type="button" class="button stop" aria-keyshortcuts="Shift+S" onClick={() => { void store.act(stopVehicle(id)); }}><Icon name="stop" /> Stop vehicle</button>
        <button type="button" class="button" aria-pressed={store.ui.isFollowing} onClick={() => { store.set({ isFollowing: !store.ui.isFollowing }); }}><Icon name="follow" /> {store.ui.isFollowing ? 'Following' : 'Follow'}</button>
        <button type="button" class="button" onClick={() => { store.onCameraWish({ kind: 'vehicle', vehicleId: id }); }}>Show</button>
      </div>
      <Motion id={id} />
      {status !== undefined && <Because status={status} />}
      {status !== undefined && status.holds.length > 0 && (
        <>
          <h3>Holds</h3>
          <ul class="holds">{status.holds.map((hold) => <HoldRow key={hold.holdId} hold={hold} />)}</ul>
        </>
      )}
      <Work status={status} />
      <VehicleAlerts id={id} />
    </article>
  );
}

function Motion({ id }: { id: string }): JSX.Element {
  const { model, poses } = useStore();
  const number = model.numberOf.get(id) ?? -1;
  const reportedAtMs = poses.reportedAtMs[number] ?? 0;
  const at = number * POSE_STRIDE;
  if (reportedAtMs === 0) return <p class="note">It has not reported a position on this connection.</p>;
  const headingDeg = ((poses.shown[at + 2]! * 180) / Math.PI + 360) % 360;
  return (
    <dl class="facts">
      <div><dt>Speed</dt><dd>{poses.speedMps[number]!.toFixed(1)} m/s</dd></div>
      <div><dt>Position</dt><dd>{poses.shown[at]!.toFixed(1)}, {poses.shown[at + 1]!.toFixed(1)} m</dd></div>
      <div><dt>Heading</dt><dd>{headingDeg.toFixed(0)}°</dd></div>
      <div><dt>Last report</dt><dd>{ageText(performance.now() - reportedAtMs)} ago</dd></div>
      <div><dt>Controlled stop</dt><dd>{poses.stopped[number] === 1 ? 'in force' : 'none'}</dd></div>
      <div><dt>Model</dt><dd>{model.vehicles.get(id)?.modelId ?? 'unknown'}</dd></div>
    </dl>
  );
}

/** The chain of reasons, nearest first. */
function Because({ status }: { status: VehicleStatus }): JSX.Element | null {
  if (status.because.length === 0) return null;
  return (
    <>
      <h3>Why does it stand still?</h3>
      <ol class="because">{status.because.map((reason, i) => <li key={`${i} ${reason}`}>{reason}</li>)}</ol>
    </>
  );
}

function HoldRow({ hold }: { hold: Hold }): JSX.Element {
  const store = useStore();
  return (
    <li>
      <span><b>{hold.reason}</b> by {hold.owner}<br /><span class="note">since {clockText(hold.placedAtMs)}{hold.reason === 'incident' && '; lifted when the incident resumes'}</span></span>
      {hold.reason === 'incident' ? (
        <button type="button" class="button small" onClick={() => { store.set({ tab: 'incidents', incidentId: hold.owner }); }}>Incident</button>
      ) : (
        <button
          type="button" class="button small"
          onClick={() => {
            store.ask({
              title: `Release the hold of ${hold.vehicleId}?`, confirmLabel: 'Release hold', noteLabel: '',
              text: `It was placed by ${hold.owner}. Without another hold the vehicle may move at once.`, confirm: () => releaseHold(hold.holdId, hold.vehicleId),
            });
          }}
        >
          Release…
        </button>
      )}
    </li>
  );
}

function Work({ status }: { status: VehicleStatus | undefined }): JSX.Element | null {
  const store = useStore();
  if (status === undefined || (status.missionId === '' && status.routeId === '')) return null;
  const mission = store.model.missions.get(status.missionId);
  return (
    <>
      <h3>Work</h3>
      <dl class="facts">
        {status.missionId !== '' && <div><dt>Mission</dt><dd>{status.missionId}</dd></div>}
        {mission !== undefined && <div><dt>From, to</dt><dd>{mission.pickup} → {mission.dropoff}</dd></div>}
        {mission !== undefined && <div><dt>State</dt><dd>{mission.state}</dd></div>}
        {status.routeId !== '' && <div><dt>Route</dt><dd>{status.routeId}</dd></div>}
      </dl>
      {mission !== undefined && mission.because !== '' && <p class="note">{mission.because}</p>}
    </>
  );
}

function VehicleAlerts({ id }: { id: string }): JSX.Element | null {
  const { model } = useStore();
  const conflicts = model.conflictsOf(id);
  const deviations = model.deviationsOf(id);
  if (conflicts.length + deviations.length === 0) return null;
  return (
    <>
      <h3>Alerts</h3>
      <ul class="alerts">
        {conflicts.map((conflict) => (
          <li key={conflict.conflictId} class={`alert ${conflict.severity}`}>
            <b>{severityWords[conflict.severity]} conflict</b> with <VehicleLink id={conflict.a === id ? conflict.b : conflict.a} /> in {conflict.timeToContactS.toFixed(1)} s
          </li>
        ))}
        {deviations.map((deviation) => (
          <li key={deviation.deviationId} class="alert warning"><b>{deviationWords[deviation.kind].name}</b>: {deviation.size.toFixed(1)} {deviationWords[deviation.kind].unit}</li>
        ))}
      </ul>
    </>
  );
}
