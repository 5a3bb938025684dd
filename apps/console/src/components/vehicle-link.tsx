import type { JSX } from 'preact';
import { useStore } from './use-store';

/** A vehicle's name that leads to it, with its state as a colour. */
export function VehicleLink({ id }: { id: string }): JSX.Element {
  const store = useStore();
  const status = store.model.vehicles.get(id);
  if (id.startsWith('object:')) return <span class="vehicle-link"><i class="swatch idle" aria-hidden="true" />{id.slice('object:'.length)} (object)</span>;
  return (
    <button type="button" class="vehicle-link" onClick={() => { store.selectVehicle(id, true); }}>
      <i class={`swatch ${status?.activity ?? 'idle'}`} aria-hidden="true" />{id}
    </button>
  );
}
