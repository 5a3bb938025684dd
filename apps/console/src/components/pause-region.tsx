import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { pause } from '../operator-actions';
import { Icon } from './icons';
import { useStore } from './use-store';

/** Pauses a region: a rectangle that is drawn on the map, or a zone of the list. Either takes effect at once. */
export function PauseRegion({ onReason }: { onReason: (text: string) => void }): JSX.Element {
  const store = useStore();
  const [reason, setReason] = useState('');
  const zones = store.mapLoad.state === 'ready' ? store.mapLoad.map.zones : [];
  return (
    <section class="popover" aria-label="Pause a region">
      <header><h2>Pause a region</h2><button type="button" class="button icon-only small" aria-label="Cancel" onClick={() => { store.set({ isPausingRegion: false }); }}><Icon name="close" size={16} /></button></header>
      <p>Draw a rectangle on the map, or pick a zone. Every vehicle in it is brought to a controlled stop at once.</p>
      <label class="field">
        <span>Reason (optional)</span>
        <input
          type="text" maxLength={200} value={reason}
          onInput={(event) => {
            setReason(event.currentTarget.value);
            onReason(event.currentTarget.value);
          }}
        />
      </label>
      {zones.length > 0 && (
        <ul class="zone-list">
          {zones.map((zone) => (
            <li key={zone.id}>
              <button
                type="button" class="button stop-outline small"
                onClick={() => {
                  void store.act(pause({ kind: 'zone', zoneId: zone.id }, reason));
                  store.set({ isPausingRegion: false });
                }}
              >
                <Icon name="pause" size={14} /> {zone.id}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
