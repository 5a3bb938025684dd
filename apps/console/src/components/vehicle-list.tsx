import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { searchVehicles } from '../vehicle-search';
import { activityWords, count } from '../wording';
import { useStore } from './use-store';

const ROW_PX = 46;
/** Rows kept beyond the visible ones on either side. */
const SPARE_ROWS = 6;

/** All vehicles; only the rows in view are on the page, so that a thousand cost what twenty do. */
export function VehicleList(): JSX.Element {
  const store = useStore();
  const [query, setQuery] = useState('');
  const [scrollPx, setScrollPx] = useState(0);
  const [heightPx, setHeightPx] = useState(600);
  const box = useRef<HTMLDivElement>(null);
  const found = searchVehicles(store.model.vehicles.values(), query);
  const first = Math.max(0, Math.floor(scrollPx / ROW_PX) - SPARE_ROWS);
  const last = Math.min(found.length, Math.ceil((scrollPx + heightPx) / ROW_PX) + SPARE_ROWS);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => { setHeightPx(box.current?.clientHeight ?? 600); });
    if (box.current !== null) observer.observe(box.current);
    return () => { observer.disconnect(); };
  }, []);
  return (
    <div class="vehicle-list">
      <label class="search">
        <span class="hidden">Search vehicles</span>
        <input
          id="vehicle-search" type="search" placeholder="Search id, state, mission ( / )" value={query} spellcheck={false}
          onInput={(event) => { setQuery(event.currentTarget.value); }}
          onKeyDown={(event) => { if (event.key === 'Enter' && found[0] !== undefined) store.selectVehicle(found[0].vehicleId, true); }}
        />
        <span class="note" aria-live="polite">{count(found.length, 'vehicle')}</span>
      </label>
      <div class="list scroll" ref={box} onScroll={(event) => { setScrollPx(event.currentTarget.scrollTop); }}>
        <ul aria-label="Vehicles" style={{ height: `${found.length * ROW_PX}px` }}>
          {found.slice(first, last).map((status, i) => {
            const number = store.model.numberOf.get(status.vehicleId) ?? -1;
            return (
              <li key={status.vehicleId} style={{ transform: `translateY(${(first + i) * ROW_PX}px)`, height: `${ROW_PX}px` }} aria-setsize={found.length} aria-posinset={first + i + 1}>
                <button type="button" class="vehicle-row" onClick={() => { store.selectVehicle(status.vehicleId, true); }}>
                  <i class={`swatch ${status.activity}`} aria-hidden="true" />
                  <span class="vehicle-id">{status.vehicleId}</span>
                  <span class="vehicle-state">{activityWords[status.activity]}</span>
                  <span class="number">{(store.poses.speedMps[number] ?? 0).toFixed(1)} m/s</span>
                  <span class="vehicle-note">{status.because[0] ?? (status.missionId === '' ? '' : status.missionId)}</span>
                </button>
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}
