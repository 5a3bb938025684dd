import type { Incident } from '@quaymaster/messages';
import type { JSX } from 'preact';
import { activityWords } from '../wording';
import { useStore } from './use-store';
import { VehicleLink } from './vehicle-link';

const MOST_ROWS = 200;

/** Who is held, how long each took to stop, where it goes, and what became of it. */
export function IncidentMembers({ incident }: { incident: Incident }): JSX.Element {
  const store = useStore();
  const stopTimes = Object.values(incident.timeToStopMs);
  const longestS = stopTimes.length === 0 ? null : Math.max(...stopTimes) / 1000;
  const outcome = (id: string): JSX.Element | string => {
    if (incident.resumed.includes(id)) return <span class="good-text">resumed</span>;
    if (incident.parked.includes(id)) return <span class="good-text">parked</span>;
    const stuck = incident.notParked.find((entry) => entry.vehicle === id);
    if (stuck !== undefined) return <span class="warn-text">{stuck.reason}</span>;
    const status = store.model.vehicles.get(id);
    return status === undefined ? '' : activityWords[status.activity];
  };
  return (
    <>
      <h3>Members <span class="note">{incident.members.length}{longestS === null ? '' : `, longest stop ${longestS.toFixed(1)} s`}</span></h3>
      <div class="table-scroll">
        <table>
          <thead><tr><th scope="col">Vehicle</th><th scope="col">Stopped in</th><th scope="col">Slot</th><th scope="col">State</th></tr></thead>
          <tbody>
            {incident.members.slice(0, MOST_ROWS).map((id) => (
              <tr key={id}>
                <td><VehicleLink id={id} /></td>
                <td class="number">{incident.timeToStopMs[id] === undefined ? '–' : `${(incident.timeToStopMs[id] / 1000).toFixed(1)} s`}</td>
                <td>{incident.slots[id] ?? '–'}</td>
                <td>{outcome(id)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {incident.members.length > MOST_ROWS && <p class="note">and {incident.members.length - MOST_ROWS} more</p>}
    </>
  );
}
