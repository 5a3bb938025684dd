import type { Mission } from '@quaymaster/messages';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { submitMission } from '../operator-actions';
import { count } from '../wording';
import { useStore } from './use-store';
import { VehicleLink } from './vehicle-link';

const isOver = (mission: Mission): boolean => mission.state === 'finished' || mission.state === 'failed' || mission.state === 'cancelled';
const MOST_ROWS = 150;

export function MissionPanel(): JSX.Element {
  const store = useStore();
  const missions = [...store.model.missions.values()].sort((a, b) => Number(isOver(a)) - Number(isOver(b)) || b.priority - a.priority || b.updatedAtMs - a.updatedAtMs);
  return (
    <div class="padded">
      <NewMission />
      <h3>Missions <span class="note">{missions.filter((mission) => !isOver(mission)).length} open</span></h3>
      {missions.length === 0 && <p class="note">There are none.</p>}
      <ul class="missions">
        {missions.slice(0, MOST_ROWS).map((mission) => (
          <li key={mission.missionId} class={isOver(mission) ? 'mission over' : 'mission'}>
            <span class="row"><b>{mission.missionId}</b><span class={`state mission-${mission.state}`}>{mission.state}</span>{mission.vehicleId !== '' && <span class="push"><VehicleLink id={mission.vehicleId} /></span>}</span>
            <span>{mission.pickup} → {mission.dropoff}</span>
            {mission.because !== '' && <span class="note">{mission.because}</span>}
          </li>
        ))}
      </ul>
      {missions.length > MOST_ROWS && <p class="note">and {count(missions.length - MOST_ROWS, 'more', 'more')}</p>}
    </div>
  );
}

function NewMission(): JSX.Element {
  const store = useStore();
  const [pickup, setPickup] = useState('');
  const [dropoff, setDropoff] = useState('');
  const [priority, setPriority] = useState(0);
  const points = store.mapLoad.state === 'ready' ? [...store.mapLoad.map.transferPoints].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true })) : [];
  const send = async (): Promise<void> => {
    if (await store.act(submitMission({ pickup, dropoff, priority }))) setDropoff('');
  };
  const choose = (label: string, value: string, set: (id: string) => void, other: string): JSX.Element => (
    <label class="field">
      <span>{label}</span>
      <select required value={value} onChange={(event) => { set(event.currentTarget.value); }}>
        <option value="">Choose</option>
        {points.filter((point) => point.id !== other).map((point) => <option key={point.id} value={point.id}>{point.id} ({point.kind})</option>)}
      </select>
    </label>
  );
  return (
    <details class="new-mission">
      <summary>New mission</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {choose('Pick up at', pickup, setPickup, dropoff)}
        {choose('Drop off at', dropoff, setDropoff, pickup)}
        <label class="field"><span>Priority</span><input type="number" step={1} min={-100} max={100} value={priority} onInput={(event) => { setPriority(Math.round(event.currentTarget.valueAsNumber || 0)); }} /></label>
        <button type="submit" class="button primary" disabled={pickup === '' || dropoff === ''}>Submit</button>
      </form>
    </details>
  );
}
