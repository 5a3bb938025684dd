import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { pause, stopVehicle } from '../operator-actions';
import { shortcutOf, type ShortcutAction } from '../shortcuts';
import type { ConsoleStore, Tab } from '../console-store';
import { applyTheme, isDark, keptTheme, type Theme } from '../theme';
import { ConfirmDialog } from './confirm-dialog';
import { HeaderBar } from './header-bar';
import { HelpDialog } from './help-dialog';
import { MapPane, type MapHandle } from './map-pane';
import { SidePanel } from './side-panel';
import { Toasts } from './toasts';
import { useStore } from './use-store';

const tabs: readonly Tab[] = ['incidents', 'vehicles', 'alerts', 'missions'];
const PAN_PX = 120;

export function ConsolePage({ onLeave }: { onLeave: () => void }): JSX.Element {
  const store = useStore();
  const map = useRef<MapHandle | null>(null);
  const [theme, setTheme] = useState<Theme>(keptTheme);
  const toggleTheme = useMemo(() => () => { setTheme((now) => (isDark(now) ? 'light' : 'dark')); }, []);

  useEffect(() => {
    applyTheme(theme);
    map.current?.setTheme();
  }, [theme]);

  useEffect(() => {
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const follow = (): void => {
      applyTheme(keptTheme());
      map.current?.setTheme();
    };
    scheme.addEventListener('change', follow);
    return () => { scheme.removeEventListener('change', follow); };
  }, []);

  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (isTyping(event.target) && event.key !== 'Escape') return;
      const action = shortcutOf(event);
      if (action === null || (document.querySelector('dialog[open]') !== null && action !== 'help')) return;
      // Arrow keys move within tabs and lists when one of them has the focus.
      if (action === 'pan' && event.target instanceof HTMLElement && event.target.closest('[role=tablist],.list') !== null) return;
      event.preventDefault();
      perform(action, event.key, store, map.current, toggleTheme);
    };
    addEventListener('keydown', press);
    return () => { removeEventListener('keydown', press); };
  }, [store, toggleTheme]);

  return (
    <div class="console">
      <HeaderBar isDark={isDark(theme)} onTheme={toggleTheme} onLeave={onLeave} />
      <MapPane handle={map} />
      <SidePanel />
      <Toasts />
      <HelpDialog />
      <ConfirmDialog />
    </div>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}

function perform(action: ShortcutAction, key: string, store: ConsoleStore, map: MapHandle | null, toggleTheme: () => void): void {
  const { ui } = store;
  switch (action) {
    case 'help': store.set({ isHelpShown: !ui.isHelpShown }); return;
    case 'search':
      store.set({ tab: 'vehicles', vehicleId: '' });
      requestAnimationFrame(() => { document.getElementById('vehicle-search')?.focus(); });
      return;
    case 'tab': store.set({ tab: tabs[Number(key) - 1]! }); return;
    case 'pan': map?.pan(key === 'ArrowRight' ? PAN_PX : key === 'ArrowLeft' ? -PAN_PX : 0, key === 'ArrowUp' ? PAN_PX : key === 'ArrowDown' ? -PAN_PX : 0); return;
    case 'zoom': map?.zoom(key === '-' ? 1 / 1.5 : 1.5); return;
    case 'fit': map?.fit(); return;
    case 'follow': if (ui.vehicleId !== '') store.set({ isFollowing: !ui.isFollowing }); return;
    case 'routes': store.set({ isEveryRouteShown: !ui.isEveryRouteShown }); return;
    case 'theme': toggleTheme(); return;
    case 'region': store.set({ isPausingRegion: !ui.isPausingRegion }); return;
    case 'pause': void store.act(pause({ kind: 'site' })); return;
    case 'stop': if (ui.vehicleId !== '') void store.act(stopVehicle(ui.vehicleId)); return;
    case 'escape':
      if (document.activeElement instanceof HTMLElement && isTyping(document.activeElement)) document.activeElement.blur();
      if (ui.isPausingRegion) store.set({ isPausingRegion: false });
      else store.set({ vehicleId: '', incidentId: '', isFollowing: false });
  }
}
