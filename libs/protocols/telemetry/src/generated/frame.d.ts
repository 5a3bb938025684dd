import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace quaymaster. */
export namespace quaymaster {

    /** Namespace telemetry. */
    namespace telemetry {

        /** Namespace v1. */
        namespace v1 {

            /**
             * Properties of a Frame.
             * @deprecated Use quaymaster.telemetry.v1.Frame.$Properties instead.
             */
            interface IFrame extends quaymaster.telemetry.v1.Frame.$Properties {
            }

            /** Represents a Frame. */
            class Frame {

                /**
                 * Constructs a new Frame.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: quaymaster.telemetry.v1.Frame.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Frame schemaVersion. */
                schemaVersion: number;

                /** Frame vehicleId. */
                vehicleId: string;

                /** Frame bootId. */
                bootId: number;

                /** Frame sequence. */
                sequence: number;

                /** Frame observedAtMs. */
                observedAtMs: number;

                /** Frame modelId. */
                modelId: string;

                /** Frame mode. */
                mode: quaymaster.telemetry.v1.Frame.Mode;

                /** Frame xM. */
                xM: number;

                /** Frame yM. */
                yM: number;

                /** Frame headingRad. */
                headingRad: number;

                /** Frame speedMps. */
                speedMps: number;

                /** Frame accelerationMps2. */
                accelerationMps2: number;

                /** Frame yawRateRadPs. */
                yawRateRadPs: number;

                /** Frame positionSigmaM. */
                positionSigmaM: number;

                /** Frame hitchAnglesRad. */
                hitchAnglesRad: number[];

                /** Frame routeId. */
                routeId: string;

                /** Frame routeSM. */
                routeSM: number;

                /** Frame releasedToSM. */
                releasedToSM: number;

                /** Frame stopped. */
                stopped: boolean;

                /** Frame leaseAlive. */
                leaseAlive: boolean;

                /** Frame epoch. */
                epoch: number;

                /** Frame commandSequence. */
                commandSequence: number;

                /** Frame errors. */
                errors: string[];

                /** Frame objects. */
                objects: quaymaster.telemetry.v1.FusedObject.$Properties[];

                /**
                 * Encodes the specified Frame message. Does not implicitly {@link quaymaster.telemetry.v1.Frame.verify|verify} messages.
                 * @param message Frame message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: quaymaster.telemetry.v1.Frame.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Frame message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {quaymaster.telemetry.v1.Frame & quaymaster.telemetry.v1.Frame.$Shape} Frame
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): quaymaster.telemetry.v1.Frame & quaymaster.telemetry.v1.Frame.$Shape;
            }

            namespace Frame {

                /** Properties of a Frame. */
                interface $Properties {

                    /** Frame schemaVersion */
                    schemaVersion?: (number|null);

                    /** Frame vehicleId */
                    vehicleId?: (string|null);

                    /** Frame bootId */
                    bootId?: (number|null);

                    /** Frame sequence */
                    sequence?: (number|null);

                    /** Frame observedAtMs */
                    observedAtMs?: (number|null);

                    /** Frame modelId */
                    modelId?: (string|null);

                    /** Frame mode */
                    mode?: (quaymaster.telemetry.v1.Frame.Mode|null);

                    /** Frame xM */
                    xM?: (number|null);

                    /** Frame yM */
                    yM?: (number|null);

                    /** Frame headingRad */
                    headingRad?: (number|null);

                    /** Frame speedMps */
                    speedMps?: (number|null);

                    /** Frame accelerationMps2 */
                    accelerationMps2?: (number|null);

                    /** Frame yawRateRadPs */
                    yawRateRadPs?: (number|null);

                    /** Frame positionSigmaM */
                    positionSigmaM?: (number|null);

                    /** Frame hitchAnglesRad */
                    hitchAnglesRad?: (number[]|null);

                    /** Frame routeId */
                    routeId?: (string|null);

                    /** Frame routeSM */
                    routeSM?: (number|null);

                    /** Frame releasedToSM */
                    releasedToSM?: (number|null);

                    /** Frame stopped */
                    stopped?: (boolean|null);

                    /** Frame leaseAlive */
                    leaseAlive?: (boolean|null);

                    /** Frame epoch */
                    epoch?: (number|null);

                    /** Frame commandSequence */
                    commandSequence?: (number|null);

                    /** Frame errors */
                    errors?: (string[]|null);

                    /** Frame objects */
                    objects?: (quaymaster.telemetry.v1.FusedObject.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Frame. */
                type $Shape = quaymaster.telemetry.v1.Frame.$Properties;

                /** Mode enum. */
                enum Mode {

                    /** AUTOMATIC value */
                    AUTOMATIC = 0,

                    /** MANUAL value */
                    MANUAL = 1,

                    /** SERVICE value */
                    SERVICE = 2,

                    /** STARTUP value */
                    STARTUP = 3
                }
            }

            /**
             * Properties of a FusedObject.
             * @deprecated Use quaymaster.telemetry.v1.FusedObject.$Properties instead.
             */
            interface IFusedObject extends quaymaster.telemetry.v1.FusedObject.$Properties {
            }

            /** Represents a FusedObject. */
            class FusedObject {

                /**
                 * Constructs a new FusedObject.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: quaymaster.telemetry.v1.FusedObject.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** FusedObject objectId. */
                objectId: string;

                /** FusedObject kind. */
                kind: string;

                /** FusedObject polygonM. */
                polygonM: number[];

                /** FusedObject vxMps. */
                vxMps: number;

                /** FusedObject vyMps. */
                vyMps: number;

                /**
                 * Encodes the specified FusedObject message. Does not implicitly {@link quaymaster.telemetry.v1.FusedObject.verify|verify} messages.
                 * @param message FusedObject message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: quaymaster.telemetry.v1.FusedObject.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a FusedObject message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {quaymaster.telemetry.v1.FusedObject & quaymaster.telemetry.v1.FusedObject.$Shape} FusedObject
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): quaymaster.telemetry.v1.FusedObject & quaymaster.telemetry.v1.FusedObject.$Shape;
            }

            namespace FusedObject {

                /** Properties of a FusedObject. */
                interface $Properties {

                    /** FusedObject objectId */
                    objectId?: (string|null);

                    /** FusedObject kind */
                    kind?: (string|null);

                    /** FusedObject polygonM */
                    polygonM?: (number[]|null);

                    /** FusedObject vxMps */
                    vxMps?: (number|null);

                    /** FusedObject vyMps */
                    vyMps?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a FusedObject. */
                type $Shape = quaymaster.telemetry.v1.FusedObject.$Properties;
            }
        }
    }
}
