import { Injectable, Logger } from '@nestjs/common';
import { connections, deadLetters, frames, frameSchema } from '@quaymaster/messages';
import { subscribeAtStart } from '@quaymaster/nest-platform';
import { Clock, MessageBus, StateStore } from '@quaymaster/ports';
import { decodeFrame, fleetFilters, parseVehicleTopic, type WireFrame, wireConnectionSchema } from '@quaymaster/telemetry';
import { createLocator, type MapLocator } from '@quaymaster/virtual-map';
import { FrameGate, type Refused } from './frame-gate';
import { IngestCounters } from './ingest-counters';
import type { IngestOptions } from './ingest.module';
import { VehicleLanes } from './vehicle-lanes';

/** Refused frames that are kept as dead letters each second; the others are only counted. */
const LETTERS_PER_S = 5;
const STATE_TTL_MS = 60_000;

/** Takes vehicles' frames off the broker: decoded, judged, placed on the map, published. Decides nothing. */
@Injectable()
export class FrameIntake {
  private readonly log = new Logger(FrameIntake.name);
  private readonly gate: FrameGate;
  private readonly locator: MapLocator;
  private readonly filters: string[];
  private readonly lanes: VehicleLanes;
  private lettersLeft = LETTERS_PER_S;
  private lettersSecond = 0;

  constructor(
    private readonly options: IngestOptions, private readonly bus: MessageBus, private readonly latest: StateStore, private readonly clock: Clock,
    private readonly counters: IngestCounters,
  ) {
    this.gate = new FrameGate(options.map.boundsM, options.config);
    this.locator = createLocator(options.map);
    this.lanes = new VehicleLanes(clock, () => { counters.passOver(); }, (error) => { this.log.warn(`a vehicle's message was not taken: ${error.message}`); });
    this.filters = [...options.filters ?? [fleetFilters.frames, fleetFilters.connections]];
  }

  async start(): Promise<void> {
    const { mqtt } = this.options;
    mqtt.handleMessage = (packet, done) => {
      this.take(packet.topic, Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload), packet).then(() => { done(); }, done);
    };
    await subscribeAtStart(mqtt, this.filters);
  }

  async stop(): Promise<void> {
    await this.options.mqtt.unsubscribeAsync(this.filters).catch(() => undefined);
  }

  /**
   * Resolves when the next message may be read. One of QoS 1 is acknowledged then, so not before the work on it is done: a crash must not lose what it interrupts.
   */
  private async take(topic: string, payload: Buffer, { qos, retain }: { readonly qos: number; readonly retain: boolean }): Promise<void> {
    const address = parseVehicleTopic(topic);
    if (address === null) return;
    const { vehicleId, channel } = address;
    if (channel === 'connection') await this.lanes.insist(vehicleId, () => this.takeConnection(vehicleId, payload));
    if (channel !== 'frame') return;
    if (retain) {
      // Of whenever: a broker hands it to whoever subscribes, and it would pass for a report of now.
      this.counters.refuse('QM_FRAME_RETAINED');
      return;
    }
    const arrivedAtMs = this.clock.nowMs();
    if (qos > 0) await this.lanes.insist(vehicleId, () => this.takeFrame(vehicleId, payload, arrivedAtMs));
    else this.lanes.offer(vehicleId, () => this.takeFrame(vehicleId, payload, arrivedAtMs));
  }

  private async takeFrame(vehicleId: string, payload: Buffer, nowMs: number): Promise<void> {
    if (!this.options.isKnownVehicle(vehicleId)) {
      await this.refuse(vehicleId, payload, { code: 'QM_FRAME_UNKNOWN_VEHICLE', because: `${vehicleId} is not registered` });
      return;
    }
    const limited = this.gate.admit(vehicleId, this.clock.monotonicMs());
    if (limited !== null) {
      await this.refuse(vehicleId, payload, limited);
      return;
    }
    const decoded = decodeFrame(payload);
    if (decoded.kind === 'refused') {
      await this.refuse(vehicleId, payload, decoded);
      return;
    }
    const wire = decoded.frame;
    const refused = wire.vehicleId === vehicleId ? this.gate.judge(wire, nowMs) : { code: 'QM_FRAME_FOREIGN' as const, because: `${vehicleId} reports in the name of ${wire.vehicleId}` };
    if (refused !== null) {
      await this.refuse(vehicleId, payload, refused);
      return;
    }
    const parsed = frameSchema.safeParse(this.place(wire, nowMs));
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      await this.refuse(vehicleId, payload, { code: 'QM_FRAME_FIELD', because: `${issue.path.join('.')}: ${issue.message}` });
      return;
    }
    this.counters.accept();
    await this.bus.publish(frames, vehicleId, parsed.data);
    // After the bus: what a failure above interrupts has not been seen, and may come again.
    this.gate.accept(wire);
    // A cache: nobody waits for it, and nothing fails with it.
    this.latest.put(`vehicle:${vehicleId}`, parsed.data, { version: nowMs, ttlMs: STATE_TTL_MS }).catch(() => { this.counters.miss(); });
  }

  /** The frame with its place on the map; its schema has the last word on the rest. */
  private place(wire: WireFrame, nowMs: number): unknown {
    const at = this.locator.locateHeading(wire.xM, wire.yM, wire.headingRad);
    return { ...wire, receivedAtMs: nowMs, match: at === null ? null : { block: at.block, sM: at.sM, tM: at.tM } };
  }

  private async takeConnection(vehicleId: string, payload: Buffer): Promise<void> {
    // Somebody lets the broker forget the last word of a vehicle that is gone.
    if (payload.length === 0) return;
    let body: unknown = null;
    try {
      body = JSON.parse(payload.toString('utf8'));
    } catch {
      // Judged below like every other body that is no connection message.
    }
    const parsed = wireConnectionSchema.safeParse(body);
    if (!parsed.success || parsed.data.vehicleId !== vehicleId || !this.options.isKnownVehicle(vehicleId)) {
      this.log.warn(`QM_CONNECTION_INVALID: connection message on ${vehicleId}'s topic refused`);
      return;
    }
    await this.bus.publish(connections, vehicleId, parsed.data);
  }

  private async refuse(vehicleId: string, payload: Buffer, refused: Refused): Promise<void> {
    this.counters.refuse(refused.code);
    const nowMs = this.clock.nowMs();
    const second = Math.floor(nowMs / 1000);
    if (second !== this.lettersSecond) {
      this.lettersSecond = second;
      this.lettersLeft = LETTERS_PER_S;
    }
    if (this.lettersLeft <= 0) return;
    this.lettersLeft -= 1;
    await this.bus.publish(deadLetters, 'frames', {
      sourceTopic: 'mqtt:frame', group: 'ingest', key: vehicleId, bodyBase64: payload.subarray(0, 4096).toString('base64'), headers: {}, errorCode: refused.code,
      error: refused.because, attempts: 1, firstAttemptAtMs: nowMs, lastAttemptAtMs: nowMs,
    });
  }
}
