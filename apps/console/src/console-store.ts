import type { LiveMessage } from '@quaymaster/messages';
import { ActionLog } from './action-log';
import { ApiClient } from './api-client';
import { LiveConnection, type LiveState } from './live-connection';
import type { OperatorAction } from './operator-actions';
import type { SiteMap } from './site-map';
import { SiteModel } from './site-model';
import { VehiclePoses } from './vehicle-poses';

export type Tab = 'incidents' | 'vehicles' | 'alerts' | 'missions';

/** What the operator looks at and is about to do; replaced as a whole on each change. */
export interface UiState {
  readonly tab: Tab;
  readonly vehicleId: string;
  readonly incidentId: string;
  readonly isFollowing: boolean;
  readonly isEveryRouteShown: boolean;
  readonly isPausingRegion: boolean;
  readonly isHelpShown: boolean;
  readonly confirmation: Confirmation | null;
}

/** A question before something that lets vehicles move again. */
export interface Confirmation {
  readonly title: string;
  readonly text: string;
  readonly confirmLabel: string;
  /** Asks for words as well when not ''. */
  readonly noteLabel: string;
  readonly confirm: (note: string) => OperatorAction;
}

export type MapLoad = { readonly state: 'loading' } | { readonly state: 'ready'; readonly map: SiteMap } | { readonly state: 'failed'; readonly code: string; readonly detail: string };

/** What the map must do because of something outside of it. */
export type CameraWish = { readonly kind: 'vehicle'; readonly vehicleId: string } | { readonly kind: 'area'; readonly boundsM: readonly [number, number, number, number] };

/** The picture is called stale when nothing has come for so long although vehicles are online, which report several times a second [ms]. */
const STALE_AFTER_MS = 2000;
/** The same where no vehicle is online: then only the server's sign of life comes, every 3 to 4 s [ms]. */
const STALE_WHEN_EMPTY_MS = 6000;
/** Changes of the live picture reach the panels this often at most [ms]; the map is not held back. */
const PANEL_EVERY_MS = 200;
const TICK_MS = 500;

const atStart: UiState = {
  tab: 'incidents', vehicleId: '', incidentId: '', isFollowing: false, isEveryRouteShown: false, isPausingRegion: false, isHelpShown: false, confirmation: null,
};

/** Everything that the page shows, in one place: the live picture, the connection, what the operator looks at, what was asked for. */
export class ConsoleStore {
  readonly model = new SiteModel();
  readonly poses = new VehiclePoses();
  readonly log: ActionLog;
  ui: UiState = atStart;
  mapLoad: MapLoad = { state: 'loading' };
  connection: LiveState = 'connecting';
  /** When the next attempt to connect is due, in page time [ms]. */
  retryAtMs = 0;
  onRedraw: () => void = () => undefined;
  onCameraWish: (wish: CameraWish) => void = () => undefined;

  private readonly api: ApiClient;
  private readonly live: LiveConnection;
  private readonly listeners = new Set<() => void>();
  private readonly ticker = setInterval(() => { this.notify(); }, TICK_MS);
  private receivedAtMs = performance.now();
  private siteClock = { atMs: Date.now(), receivedAtMs: performance.now() };
  private panelTimer: ReturnType<typeof setTimeout> | null = null;
  private loadingHash: string | null = null;

  constructor(private readonly token: string, onUnauthorized: () => void) {
    this.api = new ApiClient(token, undefined, undefined, onUnauthorized);
    this.log = new ActionLog((call) => this.api.send(call), () => { this.notify(); }, (task) => { setTimeout(task, 6000); });
    this.live = new LiveConnection({
      message: (message) => this.take(message), positions: (bytes) => { this.takePositions(bytes); }, state: (state, inMs) => { this.setConnection(state, inMs); },
    }, {
      open: () => new WebSocket(this.liveUrl()), random: () => Math.random(),
      later: (task, afterMs) => {
        const timer = setTimeout(task, afterMs);
        return () => { clearTimeout(timer); };
      },
    });
    void this.loadMap('');
  }

  close(): void {
    clearInterval(this.ticker);
    if (this.panelTimer !== null) clearTimeout(this.panelTimer);
    this.live.close();
    this.listeners.clear();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  }

  set(change: Partial<UiState>): void {
    this.ui = { ...this.ui, ...change };
    this.notify();
    this.onRedraw();
  }

  selectVehicle(vehicleId: string, isBroughtIntoView = false): void {
    this.set({ vehicleId, isFollowing: false, ...(vehicleId === '' ? {} : { tab: 'vehicles' as const }) });
    if (isBroughtIntoView && vehicleId !== '') this.onCameraWish({ kind: 'vehicle', vehicleId });
  }

  act(action: OperatorAction): Promise<boolean> {
    return this.log.run(action.label, action.call);
  }

  ask(confirmation: Confirmation): void {
    this.set({ confirmation });
  }

  reconnect(): void {
    this.live.reconnect();
    if (this.mapLoad.state === 'failed') void this.loadMap(this.model.mapHash);
  }

  /** Age of the picture [ms]. */
  ageMs(): number {
    return performance.now() - this.receivedAtMs;
  }

  get isStale(): boolean {
    if (this.connection !== 'open') return true;
    const { vehicles, activities } = this.model.counts();
    return this.ageMs() > (vehicles > activities.offline ? STALE_AFTER_MS : STALE_WHEN_EMPTY_MS);
  }

  /** The site's clock by its last message, ms since the Unix epoch: times of the picture are compared with this, never with this machine's clock. */
  siteNowMs(): number {
    return this.siteClock.atMs + performance.now() - this.siteClock.receivedAtMs;
  }

  private take(message: LiveMessage): boolean {
    this.receivedAtMs = performance.now();
    if (message.type === 'snapshot') this.poses.clear();
    if (!this.model.apply(message)) return false;
    this.siteClock = { atMs: message.atMs, receivedAtMs: this.receivedAtMs };
    this.poses.reserve(this.model.roster.length);
    if (message.mapHash !== '' && this.mapLoad.state === 'ready' && this.mapLoad.map.hash !== message.mapHash) void this.loadMap(message.mapHash);
    this.notifySoon();
    this.onRedraw();
    return true;
  }

  private takePositions(bytes: ArrayBuffer): void {
    this.receivedAtMs = performance.now();
    this.poses.receive(bytes, this.receivedAtMs);
    this.onRedraw();
  }

  private setConnection(state: LiveState, retryInMs: number): void {
    this.connection = state;
    this.retryAtMs = performance.now() + retryInMs;
    // A handshake that is refused says nothing of why; the REST side does, and a token that has run out leads to the sign-in from there.
    if (state === 'waiting') void this.api.send({ method: 'GET', path: '/v1/incidents' });
    this.notify();
  }

  private async loadMap(hash: string): Promise<void> {
    if (this.loadingHash === hash) return;
    this.loadingHash = hash;
    const result = await this.api.send({ method: 'GET', path: '/v1/map' });
    this.loadingHash = null;
    this.mapLoad = result.ok ? { state: 'ready', map: result.body as SiteMap } : { state: 'failed', code: result.code, detail: result.detail };
    this.notify();
    this.onRedraw();
  }

  private liveUrl(): string {
    const url = new URL('/v1/live', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('token', this.token);
    url.hash = '';
    return url.href;
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }

  private notifySoon(): void {
    this.panelTimer ??= setTimeout(() => {
      this.panelTimer = null;
      this.notify();
    }, PANEL_EVERY_MS);
  }
}
