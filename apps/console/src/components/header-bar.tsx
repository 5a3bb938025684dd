import type { JSX } from 'preact';
import { pause } from '../operator-actions';
import { ageText, count } from '../wording';
import { Icon, Mark } from './icons';
import { useStore } from './use-store';

export function HeaderBar({ isDark, onTheme, onLeave }: { isDark: boolean; onTheme: () => void; onLeave: () => void }): JSX.Element {
  const store = useStore();
  const counts = store.model.counts();
  const standing = counts.activities.held + counts.activities.immovable;
  return (
    <header class="header">
      <div class="brand"><Mark /><span class="brand-name">Quaymaster</span>{store.mapLoad.state === 'ready' && <span class="site-name">{store.mapLoad.map.name}</span>}</div>
      <ConnectionState />
      <ul class="counts" aria-label="Totals of the site">
        <Count value={counts.vehicles} label={counts.vehicles === 1 ? 'vehicle' : 'vehicles'} tone="" onPick={() => { store.set({ tab: 'vehicles', vehicleId: '' }); }} />
        <Count value={standing} label="held" tone={standing > 0 ? 'held' : ''} onPick={() => { store.set({ tab: 'vehicles', vehicleId: '' }); }} />
        <Count value={counts.conflicts} label={counts.conflicts === 1 ? 'conflict' : 'conflicts'} tone={counts.imminent > 0 ? 'danger' : counts.conflicts > 0 ? 'warn' : ''} onPick={() => { store.set({ tab: 'alerts' }); }} />
        <Count value={counts.openIncidents} label={counts.openIncidents === 1 ? 'incident' : 'incidents'} tone={counts.openIncidents > 0 ? 'danger' : ''} onPick={() => { store.set({ tab: 'incidents' }); }} />
      </ul>
      <div class="header-actions">
        <button type="button" class="button stop wide" aria-keyshortcuts="Shift+P" onClick={() => { void store.act(pause({ kind: 'site' })); }}>
          <Icon name="pause" /> Pause all
        </button>
        <button type="button" class={store.ui.isPausingRegion ? 'button stop-outline active' : 'button stop-outline'} aria-pressed={store.ui.isPausingRegion} aria-keyshortcuts="R" onClick={() => { store.set({ isPausingRegion: !store.ui.isPausingRegion }); }}>
          <Icon name="region" /> <span>Pause region</span>
        </button>
        <button type="button" class="button icon-only" aria-label={isDark ? 'Switch to light' : 'Switch to dark'} title="Light or dark (T)" onClick={onTheme}><Icon name={isDark ? 'sun' : 'moon'} /></button>
        <button type="button" class="button icon-only" aria-label="Help and keyboard shortcuts" title="Help (?)" onClick={() => { store.set({ isHelpShown: true }); }}><Icon name="help" /></button>
        <button type="button" class="button icon-only" aria-label="Sign out" title="Sign out" onClick={onLeave}><Icon name="leave" /></button>
      </div>
    </header>
  );
}

function Count({ value, label, tone, onPick }: { value: number; label: string; tone: string; onPick: () => void }): JSX.Element {
  return <li><button type="button" class={`count ${tone}`} onClick={onPick}><b>{value}</b> {label}</button></li>;
}

function ConnectionState(): JSX.Element {
  const store = useStore();
  const ageMs = store.ageMs();
  if (store.connection === 'open' && !store.isStale) return <span class="chip good"><i aria-hidden="true" />Live <span class="age">{ageText(ageMs)}</span></span>;
  if (store.connection === 'open') return <span class="chip bad"><i aria-hidden="true" />Silent <span class="age">{ageText(ageMs)}</span></span>;
  const word = store.connection === 'waiting' ? `Retry in ${count(Math.max(0, Math.ceil((store.retryAtMs - performance.now()) / 1000)), 's', 's')}` : 'Connecting';
  return <span class="chip bad"><i aria-hidden="true" />{word} <span class="age">{ageText(ageMs)}</span></span>;
}
