import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Activity } from '../site-model';
import { activityWords } from '../wording';
import { useStore } from './use-store';

const order: readonly Activity[] = ['driving', 'working', 'waiting', 'held', 'parking', 'parked', 'idle', 'immovable', 'offline'];

/** What the colours mean, with how many vehicles have each. */
export function MapLegend(): JSX.Element {
  const store = useStore();
  const [isOpen, setOpen] = useState(() => innerWidth > 760);
  const { activities } = store.model.counts();
  return (
    <section class="legend" aria-label="Legend">
      <button type="button" class="legend-toggle" aria-expanded={isOpen} onClick={() => { setOpen(!isOpen); }}>Vehicles</button>
      {isOpen && (
        <ul>
          {order.filter((activity) => activities[activity] > 0 || activity === 'driving' || activity === 'held').map((activity) => (
            <li key={activity}><i class={`swatch ${activity}`} aria-hidden="true" />{activityWords[activity]}<b>{activities[activity]}</b></li>
          ))}
        </ul>
      )}
    </section>
  );
}
