import { encodePositions, type LiveChanges, type LiveMessage, type LivePosition } from '@quaymaster/messages';
import type { Clock } from '@quaymaster/ports';
import { WebSocket } from 'ws';
import { emptyParts, type FleetView, type FleetViewListener, type PartMaps, type ViewPart, type ViewParts } from '../view/fleet-view.service';
import { Pace } from './pace';

/** Most messages a real second, however fast the clock of the site runs. */
const TEXTS_PS = 10;
const POSITIONS_PS = 20;
/** An idle connection says this often that it is alive [ms]: a page cannot see pings. */
const QUIET_MS = 3000;
/** Close code: the token has ended. */
const TOKEN_ENDED = 4401;

export interface LiveClientOptions {
  readonly view: FleetView;
  readonly clock: Clock;
  readonly mapHash: string;
  readonly bufferBytes: number;
  /** A buffer that stays full for this long ends the connection. */
  readonly stallMs: number;
  /** SHA-256 of the token that it was opened with. */
  readonly tokenHash: string;
}

/**
 * One live connection. What changes between two messages is sent once, in its newest state; what a slow client cannot take waits, conflated, and its buffer
 * never grows beyond the cap. Real time, not the clock of the site, decides how much a connection carries and when it is given up.
 */
export class LiveClient implements FleetViewListener {
  private version = 0;
  private rosterSent = 0;
  private pending: PartMaps = emptyParts();
  private hasPending = false;
  private readonly movedIds = new Set<string>();
  private readonly textPace = new Pace(1000 / TEXTS_PS);
  private readonly positionPace = new Pace(1000 / POSITIONS_PS);
  private stalledSinceMs: number | null = null;
  private sentAtMs = -Infinity;
  private isAlive = true;

  constructor(private readonly socket: WebSocket, private readonly options: LiveClientOptions) {
    socket.on('pong', () => { this.isAlive = true; });
    // A broken socket closes by itself; whoever holds this client hears of the close.
    socket.on('error', () => undefined);
  }

  changed<P extends ViewPart>(part: P, id: string, value: ViewParts[P]): void {
    this.pending[part].set(id, value);
    this.hasPending = true;
  }

  moved(vehicleId: string): void {
    this.movedIds.add(vehicleId);
  }

  joined(): void {
    this.hasPending = true;
  }

  /** The first message: all there is. */
  open(): void {
    const { view } = this.options;
    const { parts } = view;
    this.textPace.take(performance.now());
    this.sendText('snapshot', { ...parts, plans: new Map([...parts.plans].filter(([, plan]) => view.isRunning(plan))) });
    for (const vehicleId of view.frames.keys()) this.movedIds.add(vehicleId);
    this.sendPositions(performance.now());
  }

  /** One turn of the clock of the site. */
  tick(): void {
    const nowMs = performance.now();
    if (this.hasPending && this.hasRoom(0) && this.textPace.take(nowMs)) this.sendDelta();
    this.sendPositions(nowMs);
  }

  /** One turn of real time: gives up a client that does not read, and breaks long silence. */
  watch(): void {
    const nowMs = performance.now();
    if (this.socket.bufferedAmount < this.options.bufferBytes / 2) this.stalledSinceMs = null;
    if (this.stalledSinceMs !== null && nowMs - this.stalledSinceMs >= this.options.stallMs) this.socket.terminate();
    else if (nowMs - this.sentAtMs >= QUIET_MS) this.send(encodePositions({ atMs: this.options.clock.nowMs(), positions: [] }));
  }

  /** Ends a connection whose peer has not answered the ping before, or whose token no longer holds. */
  ping(isValid: (tokenHash: string) => boolean): void {
    if (!isValid(this.options.tokenHash)) this.socket.close(TOKEN_ENDED, 'the token has ended');
    else if (!this.isAlive) this.socket.terminate();
    else {
      this.isAlive = false;
      this.socket.ping();
    }
  }

  close(): void {
    this.socket.close(1001, 'the service is shutting down');
  }

  terminate(): void {
    this.socket.terminate();
  }

  /** False when there is no room for it; then nothing has changed. */
  private sendText(type: LiveMessage['type'], parts: PartMaps): boolean {
    const { view, clock, mapHash } = this.options;
    const changes: LiveChanges = {
      rosterFrom: this.rosterSent, roster: view.roster.slice(this.rosterSent), models: [...parts.models.values()], vehicles: [...parts.vehicles.values()],
      plans: [...parts.plans.values()], missions: [...parts.missions.values()], incidents: [...parts.incidents.values()],
      conflicts: [...parts.conflicts.values()], deviations: [...parts.deviations.values()],
    };
    const message: LiveMessage = { type, version: this.version + 1, atMs: clock.nowMs(), mapHash, changes };
    const text = JSON.stringify(message);
    if (!this.hasRoom(text.length)) return false;
    this.version += 1;
    this.rosterSent += changes.roster.length;
    this.send(text);
    return true;
  }

  private sendDelta(): void {
    if (!this.sendText('delta', this.pending)) return;
    this.pending = emptyParts();
    this.hasPending = false;
  }

  private sendPositions(nowMs: number): void {
    if (this.movedIds.size === 0 || !this.hasRoom(0)) return;
    const positions: LivePosition[] = [];
    for (const vehicleId of this.movedIds) {
      const position = this.position(vehicleId);
      if (position !== null) positions.push(position);
    }
    if (positions.length === 0) return;
    const bytes = encodePositions({ atMs: this.options.clock.nowMs(), positions });
    if (!this.hasRoom(bytes.length) || !this.positionPace.take(nowMs)) return;
    for (const { number } of positions) this.movedIds.delete(this.options.view.roster[number]!);
    this.send(bytes);
  }

  /** Null for a vehicle whose number the client has not been told yet, or of which no frame has come. */
  private position(vehicleId: string): LivePosition | null {
    const { view } = this.options;
    const frame = view.frames.get(vehicleId);
    const number = view.numberOf(vehicleId);
    if (frame === undefined || number === undefined || number >= this.rosterSent) return null;
    const { xM, yM, headingRad, speedMps, hitchAnglesRad, stopped } = frame;
    return { number, xM, yM, headingRad, speedMps, hitchAnglesRad, stopped, online: view.isOnline(vehicleId) };
  }

  private hasRoom(bytes: number): boolean {
    const waiting = this.socket.bufferedAmount;
    if (waiting === 0 || waiting + bytes <= this.options.bufferBytes) return true;
    this.stalledSinceMs ??= performance.now();
    return false;
  }

  private send(data: string | Uint8Array): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.sentAtMs = performance.now();
    this.socket.send(data);
  }
}
