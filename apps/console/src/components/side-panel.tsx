import type { JSX } from 'preact';
import type { Tab } from '../console-store';
import { AlertPanel } from './alert-panel';
import { IncidentPanel } from './incident-panel';
import { MissionPanel } from './mission-panel';
import { useStore } from './use-store';
import { VehiclePanel } from './vehicle-panel';

export function SidePanel(): JSX.Element {
  const store = useStore();
  const counts = store.model.counts();
  const tabs: readonly { readonly tab: Tab; readonly label: string; readonly number: number; readonly isUrgent: boolean }[] = [
    { tab: 'incidents', label: 'Incidents', number: counts.openIncidents, isUrgent: counts.openIncidents > 0 },
    { tab: 'vehicles', label: 'Vehicles', number: counts.vehicles, isUrgent: false },
    { tab: 'alerts', label: 'Alerts', number: counts.conflicts + counts.deviations, isUrgent: counts.imminent > 0 },
    { tab: 'missions', label: 'Missions', number: store.model.missions.size, isUrgent: false },
  ];
  const move = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = tabs[(tabs.findIndex(({ tab }) => tab === store.ui.tab) + step + tabs.length) % tabs.length]!;
    store.set({ tab: next.tab });
    document.getElementById(`tab-${next.tab}`)?.focus();
  };
  return (
    <aside class="panel" aria-label="Details">
      <div class="tabs" role="tablist" onKeyDown={move}>
        {tabs.map(({ tab, label, number, isUrgent }) => (
          <button
            key={tab} id={`tab-${tab}`} type="button" role="tab" class="tab" aria-selected={store.ui.tab === tab} aria-controls="tab-panel" tabIndex={store.ui.tab === tab ? 0 : -1}
            onClick={() => { store.set({ tab, ...(tab === store.ui.tab ? { vehicleId: '', incidentId: '' } : {}) }); }}
          >
            {label}{number > 0 && <span class={isUrgent ? 'badge urgent' : 'badge'}>{number}</span>}
          </button>
        ))}
      </div>
      <div class="tab-panel" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${store.ui.tab}`}>
        {store.ui.tab === 'incidents' && <IncidentPanel />}
        {store.ui.tab === 'vehicles' && <VehiclePanel />}
        {store.ui.tab === 'alerts' && <AlertPanel />}
        {store.ui.tab === 'missions' && <MissionPanel />}
      </div>
    </aside>
  );
}
