import type { Incident } from '@quaymaster/messages';
import type { JSX } from 'preact';
import { approvePlan, clearIncident } from '../operator-actions';
import { isIncidentOpen } from '../site-model';
import { causeWords, clockText, count, durationText, incidentWay } from '../wording';
import { Icon } from './icons';
import { IncidentMembers } from './incident-members';
import { useStore } from './use-store';
import { VehicleLink } from './vehicle-link';

export function IncidentDetail({ incident }: { incident: Incident }): JSX.Element {
  const store = useStore();
  const isOpen = isIncidentOpen(incident);
  const bounds = regionBounds(incident.regionXyM);
  return (
    <article class={isOpen ? 'incident open' : 'incident'} aria-label={`Incident ${incident.incidentId}`}>
      <header class="row">
        <h2>{incident.incidentId}</h2>
        <span class={`state ${incident.state}`}>{incident.state}</span>
        {bounds !== null && <button type="button" class="button small push" onClick={() => { store.onCameraWish({ kind: 'area', boundsM: bounds }); }}>Show region</button>}
      </header>
      <Way incident={incident} />
      <p class="cause"><b>{causeWords[incident.cause]}.</b> {incident.causeText}</p>
      {incident.causedBy.length > 0 && <p class="line"><span class="term">Caused by</span> {incident.causedBy.map((id) => <VehicleLink key={id} id={id} />)}</p>}
      <p class="note">
        Opened {clockText(incident.openedAtMs)}, {isOpen ? `${durationText(store.siteNowMs() - incident.openedAtMs)} ago` : `took ${durationText(incident.updatedAtMs - incident.openedAtMs)}`}.{' '}
        {incident.clearedAtMs === null ? isOpen && 'The cause has not been cleared.' : `Cause cleared ${clockText(incident.clearedAtMs)}.`}
      </p>
      {isOpen && <IncidentActions incident={incident} />}
      {incident.plan !== null && <PlanFacts plan={incident.plan} />}
      <IncidentMembers incident={incident} />
      <Missions incident={incident} />
      <h3>Time line</h3>
      <ol class="timeline">
        {[...incident.timeline].reverse().map((entry, i) => (
          <li key={`${entry.atMs} ${i}`}><time>{clockText(entry.atMs)}</time><span class={`state ${entry.state}`}>{entry.state}</span><span>{entry.text}</span></li>
        ))}
      </ol>
    </article>
  );
}

/** How far the incident has come, as a row of steps. */
function Way({ incident }: { incident: Incident }): JSX.Element {
  const reached = incidentWay.indexOf(incident.state);
  return (
    <ol class="way" aria-label={`Step ${reached + 1} of ${incidentWay.length}: ${incident.state}`}>
      {incidentWay.map((state, i) => <li key={state} title={state} class={i < reached ? 'past' : i === reached ? 'now' : ''} />)}
    </ol>
  );
}

function IncidentActions({ incident }: { incident: Incident }): JSX.Element | null {
  const store = useStore();
  const { incidentId, plan } = incident;
  const canApprove = incident.state === 'proposed' && plan !== null;
  if (!canApprove && incident.clearedAtMs !== null) return null;
  return (
    <div class="actions">
      {canApprove && (
        <button
          type="button" class="button primary"
          onClick={() => {
            store.ask({
              title: `Approve the plan of ${incidentId}?`, confirmLabel: 'Approve: let them drive', noteLabel: '',
              text: `${count(plan.vehicles, 'vehicle')} will drive to parking slots, one after the other through each block. It takes about ${durationText(plan.makespanS * 1000)}.`,
              confirm: () => approvePlan(incidentId, plan.planId),
            });
          }}
        >
          <Icon name="check" /> Approve plan…
        </button>
      )}
      {incident.clearedAtMs === null && (
        <button
          type="button" class="button"
          onClick={() => {
            store.ask({
              title: `Is the cause of ${incidentId} cleared?`, confirmLabel: 'Cause is cleared', noteLabel: 'What was found and done',
              text: 'Once the vehicles are parked their holds are lifted and interrupted missions go on. Vehicles that caused it may be moved again. Confirm only after somebody has looked.',
              confirm: (note) => clearIncident(incidentId, note),
            });
          }}
        >
          <Icon name="check" /> Cause cleared…
        </button>
      )}
    </div>
  );
}

function PlanFacts({ plan }: { plan: NonNullable<Incident['plan']> }): JSX.Element {
  return (
    <>
      <h3>Plan <span class={plan.verified ? 'verdict good' : 'verdict bad'}>{plan.verified ? 'verified' : 'not verified'}</span></h3>
      <dl class="facts">
        <div><dt>Vehicles</dt><dd>{plan.vehicles}</dd></div>
        <div><dt>Makespan</dt><dd>{plan.makespanS.toFixed(0)} s</dd></div>
        <div><dt>Lower bound</dt><dd>{plan.lowerBoundS.toFixed(0)} s</dd></div>
        <div><dt>Gap</dt><dd>{(plan.gap * 100).toFixed(1)} %</dd></div>
      </dl>
      <p class="note">Bound by {plan.lbSource}. {plan.planId}</p>
    </>
  );
}

function Missions({ incident }: { incident: Incident }): JSX.Element | null {
  if (incident.missionsInterrupted.length === 0) return null;
  return (
    <>
      <h3>Missions <span class="note">{incident.missionsFinished.length} of {incident.missionsInterrupted.length} finished</span></h3>
      <ul class="tokens">
        {incident.missionsInterrupted.map((id) => {
          const isFinished = incident.missionsFinished.includes(id);
          return <li key={id} class={isFinished ? 'token done' : 'token'} title={isFinished ? 'finished' : 'interrupted'}>{isFinished && <Icon name="check" size={12} />}{id}</li>;
        })}
      </ul>
    </>
  );
}

function regionBounds(xyM: readonly number[]): readonly [number, number, number, number] | null {
  if (xyM.length < 6) return null;
  const xs = xyM.filter((_, i) => i % 2 === 0);
  const ys = xyM.filter((_, i) => i % 2 === 1);
  return [Math.min(...xs) - 20, Math.min(...ys) - 20, Math.max(...xs) + 20, Math.max(...ys) + 20];
}
