import type { JSX } from 'preact';
import { isIncidentOpen } from '../site-model';
import { causeWords, clockText, count, durationText } from '../wording';
import { IncidentDetail } from './incident-detail';
import { useStore } from './use-store';

export function IncidentPanel(): JSX.Element {
  const store = useStore();
  const incidents = store.model.incidentsInOrder();
  const open = incidents.filter(isIncidentOpen);
  // A single open incident is what everybody looks at: it needs no click.
  const shown = store.model.incidents.get(store.ui.incidentId) ?? (open.length === 1 ? open[0] : undefined);
  if (incidents.length === 0) {
    return (
      <div class="empty">
        <h2>No incidents</h2>
        <p>Every vehicle is free to carry out its missions. A predicted collision, a lost vehicle or a pause opens an incident here.</p>
      </div>
    );
  }
  return (
    <>
      {shown !== undefined && <IncidentDetail incident={shown} />}
      <ul class="list cards" aria-label="Incidents">
        {incidents.filter((incident) => incident !== shown).slice(0, 50).map((incident) => (
          <li key={incident.incidentId}>
            <button type="button" class={isIncidentOpen(incident) ? 'card-button open' : 'card-button'} onClick={() => { store.set({ incidentId: incident.incidentId }); }}>
              <span class="row"><b>{incident.incidentId}</b><span class={`state ${incident.state}`}>{incident.state}</span></span>
              <span class="card-text">{causeWords[incident.cause]}: {incident.causeText}</span>
              <span class="note">
                {clockText(incident.openedAtMs)} · {count(incident.members.length, 'vehicle')} · {isIncidentOpen(incident)
                  ? `open for ${durationText(store.siteNowMs() - incident.openedAtMs)}` : `took ${durationText(incident.updatedAtMs - incident.openedAtMs)}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
