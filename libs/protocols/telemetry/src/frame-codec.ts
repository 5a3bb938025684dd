import { quaymaster } from './generated/frame';

const { Frame } = quaymaster.telemetry.v1;
const SCHEMA_VERSION = 1;
/** A frame of a vehicle with 64 fused objects of 16 corners stays below this. */
const MAX_FRAME_BYTES = 64 * 1024;
const MODES = ['AUTOMATIC', 'MANUAL', 'SERVICE', 'STARTUP'] as const;

export interface WireFusedObject {
  readonly objectId: string;
  readonly kind: string;
  /** `[x, y, …]` [m] */
  readonly polygonM: readonly number[];
  readonly vxMps: number;
  readonly vyMps: number;
}

/** One report of a vehicle as it is sent; the fields mean what the bus message `Frame` says. */
export interface WireFrame {
  readonly vehicleId: string;
  readonly bootId: number;
  readonly sequence: number;
  readonly observedAtMs: number;
  readonly modelId: string;
  readonly mode: (typeof MODES)[number];
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
  readonly speedMps: number;
  readonly accelerationMps2: number;
  readonly yawRateRadPs: number;
  readonly positionSigmaM: number;
  readonly hitchAnglesRad: readonly number[];
  readonly routeId: string;
  readonly routeSM: number;
  readonly releasedToSM: number;
  readonly stopped: boolean;
  readonly leaseAlive: boolean;
  readonly epoch: number;
  readonly commandSequence: number;
  readonly errors: readonly string[];
  readonly objects: readonly WireFusedObject[];
}

export type DecodedFrame =
  | { readonly kind: 'frame'; readonly frame: WireFrame }
  | { readonly kind: 'refused'; readonly code: 'QM_FRAME_TOO_LARGE' | 'QM_FRAME_MALFORMED' | 'QM_FRAME_VERSION'; readonly because: string };

export function encodeFrame(frame: WireFrame): Uint8Array {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- MODES lists the enum's names by their numbers
  const mode: quaymaster.telemetry.v1.Frame.Mode = MODES.indexOf(frame.mode);
  return Frame.encode({
    schemaVersion: SCHEMA_VERSION, vehicleId: frame.vehicleId, bootId: frame.bootId, sequence: frame.sequence, observedAtMs: frame.observedAtMs,
    modelId: frame.modelId, mode, xM: frame.xM, yM: frame.yM, headingRad: frame.headingRad, speedMps: frame.speedMps,
    accelerationMps2: frame.accelerationMps2, yawRateRadPs: frame.yawRateRadPs, positionSigmaM: frame.positionSigmaM,
    hitchAnglesRad: [...frame.hitchAnglesRad], routeId: frame.routeId, routeSM: frame.routeSM, releasedToSM: frame.releasedToSM, stopped: frame.stopped,
    leaseAlive: frame.leaseAlive, epoch: frame.epoch, commandSequence: frame.commandSequence, errors: [...frame.errors],
    objects: frame.objects.map((object) => ({ ...object, polygonM: [...object.polygonM] })),
  }).finish();
}

/** 64-bit integers are said to be numbers, and are objects where the package `long` is installed. */
function toNumber(value: unknown): number {
  return Number(value);
}

/** Reads a frame; whatever the bytes are, the answer is a frame or the reason why not. Values are not judged here. */
export function decodeFrame(bytes: Uint8Array): DecodedFrame {
  if (bytes.length > MAX_FRAME_BYTES) return { kind: 'refused', code: 'QM_FRAME_TOO_LARGE', because: `${bytes.length} bytes, at most ${MAX_FRAME_BYTES}` };
  let wire: InstanceType<typeof Frame>;
  try {
    wire = Frame.decode(bytes);
  } catch (error) {
    return { kind: 'refused', code: 'QM_FRAME_MALFORMED', because: error instanceof Error ? error.message : String(error) };
  }
  if (wire.schemaVersion !== SCHEMA_VERSION) return { kind: 'refused', code: 'QM_FRAME_VERSION', because: `schema version ${wire.schemaVersion}, this side speaks ${SCHEMA_VERSION}` };
  return {
    kind: 'frame',
    frame: {
      vehicleId: wire.vehicleId, bootId: toNumber(wire.bootId), sequence: wire.sequence, observedAtMs: toNumber(wire.observedAtMs), modelId: wire.modelId,
      mode: MODES[wire.mode as number] ?? 'STARTUP', xM: wire.xM, yM: wire.yM, headingRad: wire.headingRad, speedMps: wire.speedMps,
      accelerationMps2: wire.accelerationMps2, yawRateRadPs: wire.yawRateRadPs, positionSigmaM: wire.positionSigmaM, hitchAnglesRad: wire.hitchAnglesRad,
      routeId: wire.routeId, routeSM: wire.routeSM, releasedToSM: wire.releasedToSM, stopped: wire.stopped, leaseAlive: wire.leaseAlive, epoch: wire.epoch,
      commandSequence: wire.commandSequence, errors: wire.errors,
      objects: wire.objects.map((object) => ({
        objectId: object.objectId ?? '', kind: object.kind ?? '', polygonM: object.polygonM ?? [], vxMps: object.vxMps ?? 0, vyMps: object.vyMps ?? 0,
      })),
    },
  };
}
