import type { JSX, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Hover, MapView } from '../renderer/map-view';
import { ageText, scaleBarM } from '../wording';
import { Icon } from './icons';
import { MapLegend } from './map-legend';
import { PauseRegion } from './pause-region';
import { VehicleTip } from './vehicle-tip';
import { useStore } from './use-store';

/** What the page may ask of the map. */
export type MapHandle = Pick<MapView, 'fit' | 'zoom' | 'pan' | 'setTheme'>;

export function MapPane({ handle }: { handle: RefObject<MapHandle> }): JSX.Element {
  const store = useStore();
  const root = useRef<HTMLDivElement>(null);
  const graphics = useRef<HTMLCanvasElement>(null);
  const labels = useRef<HTMLCanvasElement>(null);
  const view = useRef<MapView | null>(null);
  const reason = useRef('');
  const [hover, setHover] = useState<Hover | null>(null);
  const [pixelsPerM, setPixelsPerM] = useState(1);

  useEffect(() => {
    const made = new MapView({ root: root.current!, graphics: graphics.current!, labels: labels.current! }, store, () => reason.current);
    made.onHover = setHover;
    made.onScale = setPixelsPerM;
    view.current = made;
    handle.current = made;
    return () => {
      made.dispose();
      view.current = null;
      handle.current = null;
    };
  }, [store, handle]);

  const { mapLoad, ui } = store;
  useEffect(() => { if (mapLoad.state === 'ready') view.current?.setMap(mapLoad.map); }, [mapLoad]);
  useEffect(() => { view.current?.setDrawing(ui.isPausingRegion); }, [ui.isPausingRegion]);

  return (
    <main class={store.isStale && store.model.version > 0 ? 'map stale' : 'map'} aria-label="Map of the site">
      <div class="map-canvas" ref={root} tabIndex={0} role="application" aria-label="Map. Arrow keys move it, plus and minus zoom, F fits it.">
        <canvas ref={graphics} />
        <canvas ref={labels} class="labels" />
      </div>
      <StaleBanner />
      {mapLoad.state === 'loading' && <p class="map-message"><span class="spinner" /> Loading the map</p>}
      {mapLoad.state === 'failed' && (
        <div class="map-message" role="alert">
          <p>The map could not be loaded. <code>{mapLoad.code}</code></p><p>{mapLoad.detail}</p>
          <button type="button" class="button" onClick={() => { store.reconnect(); }}>Try again</button>
        </div>
      )}
      {(view.current?.failure ?? '') !== '' && <p class="map-message" role="alert">{view.current?.failure}</p>}
      <div class="map-tools" role="toolbar" aria-label="Map" aria-orientation="vertical">
        <button type="button" class="button icon-only" aria-label="Zoom in" title="Zoom in (+)" onClick={() => view.current?.zoom(1.6)}><Icon name="plus" /></button>
        <button type="button" class="button icon-only" aria-label="Zoom out" title="Zoom out (-)" onClick={() => view.current?.zoom(1 / 1.6)}><Icon name="minus" /></button>
        <button type="button" class="button icon-only" aria-label="Fit the map" title="Fit the map (F)" onClick={() => view.current?.fit()}><Icon name="fit" /></button>
        <button type="button" class="button icon-only" aria-label="Show every route" title="Show every route (L)" aria-pressed={ui.isEveryRouteShown} onClick={() => { store.set({ isEveryRouteShown: !ui.isEveryRouteShown }); }}><Icon name="routes" /></button>
        <button type="button" class="button icon-only" aria-label="Follow the selected vehicle" title="Follow the selected vehicle (C)" aria-pressed={ui.isFollowing} disabled={ui.vehicleId === ''} onClick={() => { store.set({ isFollowing: !ui.isFollowing }); }}><Icon name="follow" /></button>
      </div>
      {ui.isPausingRegion && <PauseRegion onReason={(text) => { reason.current = text; }} />}
      <MapLegend />
      <ScaleBar pixelsPerM={pixelsPerM} />
      {hover !== null && <VehicleTip hover={hover} />}
    </main>
  );
}

function ScaleBar({ pixelsPerM }: { pixelsPerM: number }): JSX.Element {
  const lengthM = scaleBarM(pixelsPerM, 110);
  return <div class="scale-bar" style={{ width: `${lengthM * pixelsPerM}px` }} aria-hidden="true">{lengthM >= 1000 ? `${lengthM / 1000} km` : `${lengthM} m`}</div>;
}

/** A picture that is old must not pass for a live one. */
function StaleBanner(): JSX.Element | null {
  const store = useStore();
  if (!store.isStale || (store.model.version === 0 && store.ageMs() < 3000)) return null;
  const isKnown = store.model.version > 0;
  return (
    <div class="stale-banner" role="alert">
      <Icon name="warning" />
      <span>{isKnown ? <><b>Old picture.</b> Nothing has come for {ageText(store.ageMs())}. Vehicles may be elsewhere by now.</> : <><b>No picture yet.</b> The control plane does not answer.</>}</span>
      <button type="button" class="button small" onClick={() => { store.reconnect(); }}>Connect now</button>
    </div>
  );
}
