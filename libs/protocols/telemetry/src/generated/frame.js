/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
"use strict";

var $protobuf = require("protobufjs/minimal");

// Common aliases
var $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
var $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
var $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

$root.quaymaster = (function() {

    /**
     * Namespace quaymaster.
     * @exports quaymaster
     * @namespace
     */
    var quaymaster = {};

    quaymaster.telemetry = (function() {

        /**
         * Namespace telemetry.
         * @memberof quaymaster
         * @namespace
         */
        var telemetry = {};

        telemetry.v1 = (function() {

            /**
             * Namespace v1.
             * @memberof quaymaster.telemetry
             * @namespace
             */
            var v1 = {};

            v1.Frame = (function() {

                /**
                 * Properties of a Frame.
                 * @typedef {Object} quaymaster.telemetry.v1.Frame.$Properties
                 * @property {number|null} [schemaVersion] Frame schemaVersion
                 * @property {string|null} [vehicleId] Frame vehicleId
                 * @property {number|null} [bootId] Frame bootId
                 * @property {number|null} [sequence] Frame sequence
                 * @property {number|null} [observedAtMs] Frame observedAtMs
                 * @property {string|null} [modelId] Frame modelId
                 * @property {quaymaster.telemetry.v1.Frame.Mode|null} [mode] Frame mode
                 * @property {number|null} [xM] Frame xM
                 * @property {number|null} [yM] Frame yM
                 * @property {number|null} [headingRad] Frame headingRad
                 * @property {number|null} [speedMps] Frame speedMps
                 * @property {number|null} [accelerationMps2] Frame accelerationMps2
                 * @property {number|null} [yawRateRadPs] Frame yawRateRadPs
                 * @property {number|null} [positionSigmaM] Frame positionSigmaM
                 * @property {Array.<number>|null} [hitchAnglesRad] Frame hitchAnglesRad
                 * @property {string|null} [routeId] Frame routeId
                 * @property {number|null} [routeSM] Frame routeSM
                 * @property {number|null} [releasedToSM] Frame releasedToSM
                 * @property {boolean|null} [stopped] Frame stopped
                 * @property {boolean|null} [leaseAlive] Frame leaseAlive
                 * @property {number|null} [epoch] Frame epoch
                 * @property {number|null} [commandSequence] Frame commandSequence
                 * @property {Array.<string>|null} [errors] Frame errors
                 * @property {Array.<quaymaster.telemetry.v1.FusedObject.$Properties>|null} [objects] Frame objects
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Frame.
                 * @memberof quaymaster.telemetry.v1
                 * @interface IFrame
                 * @augments quaymaster.telemetry.v1.Frame.$Properties
                 * @deprecated Use quaymaster.telemetry.v1.Frame.$Properties instead.
                 */

                /**
                 * Shape of a Frame.
                 * @typedef {quaymaster.telemetry.v1.Frame.$Properties} quaymaster.telemetry.v1.Frame.$Shape
                 */

                /**
                 * Constructs a new Frame.
                 * @memberof quaymaster.telemetry.v1
                 * @classdesc Represents a Frame.
                 * @constructor
                 * @param {quaymaster.telemetry.v1.Frame.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var Frame = function (properties) {
                    this.hitchAnglesRad = [];
                    this.errors = [];
                    this.objects = [];
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Frame schemaVersion.
                 * @member {number} schemaVersion
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.schemaVersion = 0;

                /**
                 * Frame vehicleId.
                 * @member {string} vehicleId
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.vehicleId = "";

                /**
                 * Frame bootId.
                 * @member {number} bootId
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.bootId = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Frame sequence.
                 * @member {number} sequence
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.sequence = 0;

                /**
                 * Frame observedAtMs.
                 * @member {number} observedAtMs
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.observedAtMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Frame modelId.
                 * @member {string} modelId
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.modelId = "";

                /**
                 * Frame mode.
                 * @member {quaymaster.telemetry.v1.Frame.Mode} mode
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.mode = 0;

                /**
                 * Frame xM.
                 * @member {number} xM
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.xM = 0;

                /**
                 * Frame yM.
                 * @member {number} yM
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.yM = 0;

                /**
                 * Frame headingRad.
                 * @member {number} headingRad
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.headingRad = 0;

                /**
                 * Frame speedMps.
                 * @member {number} speedMps
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.speedMps = 0;

                /**
                 * Frame accelerationMps2.
                 * @member {number} accelerationMps2
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.accelerationMps2 = 0;

                /**
                 * Frame yawRateRadPs.
                 * @member {number} yawRateRadPs
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.yawRateRadPs = 0;

                /**
                 * Frame positionSigmaM.
                 * @member {number} positionSigmaM
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.positionSigmaM = 0;

                /**
                 * Frame hitchAnglesRad.
                 * @member {Array.<number>} hitchAnglesRad
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.hitchAnglesRad = $util.emptyArray;

                /**
                 * Frame routeId.
                 * @member {string} routeId
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.routeId = "";

                /**
                 * Frame routeSM.
                 * @member {number} routeSM
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.routeSM = 0;

                /**
                 * Frame releasedToSM.
                 * @member {number} releasedToSM
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.releasedToSM = 0;

                /**
                 * Frame stopped.
                 * @member {boolean} stopped
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.stopped = false;

                /**
                 * Frame leaseAlive.
                 * @member {boolean} leaseAlive
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.leaseAlive = false;

                /**
                 * Frame epoch.
                 * @member {number} epoch
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.epoch = 0;

                /**
                 * Frame commandSequence.
                 * @member {number} commandSequence
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.commandSequence = 0;

                /**
                 * Frame errors.
                 * @member {Array.<string>} errors
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.errors = $util.emptyArray;

                /**
                 * Frame objects.
                 * @member {Array.<quaymaster.telemetry.v1.FusedObject.$Properties>} objects
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @instance
                 */
                Frame.prototype.objects = $util.emptyArray;

                /**
                 * Encodes the specified Frame message. Does not implicitly {@link quaymaster.telemetry.v1.Frame.verify|verify} messages.
                 * @function encode
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @static
                 * @param {quaymaster.telemetry.v1.Frame.$Properties} message Frame message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Frame.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.schemaVersion != null && $Object.hasOwnProperty.call(message, "schemaVersion") && message.schemaVersion !== 0)
                        writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.schemaVersion);
                    if (message.vehicleId != null && $Object.hasOwnProperty.call(message, "vehicleId") && message.vehicleId !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.vehicleId);
                    if (message.bootId != null && $Object.hasOwnProperty.call(message, "bootId") && (typeof message.bootId === "object" ? message.bootId.low || message.bootId.high : message.bootId !== 0))
                        writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.bootId);
                    if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && message.sequence !== 0)
                        writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.sequence);
                    if (message.observedAtMs != null && $Object.hasOwnProperty.call(message, "observedAtMs") && (typeof message.observedAtMs === "object" ? message.observedAtMs.low || message.observedAtMs.high : message.observedAtMs !== 0))
                        writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.observedAtMs);
                    if (message.modelId != null && $Object.hasOwnProperty.call(message, "modelId") && message.modelId !== "")
                        writer.uint32(/* id 6, wireType 2 =*/50).string(message.modelId);
                    if (message.mode != null && $Object.hasOwnProperty.call(message, "mode") && message.mode !== 0)
                        writer.uint32(/* id 7, wireType 0 =*/56).int32(message.mode);
                    if (message.xM != null && $Object.hasOwnProperty.call(message, "xM") && !$Object.is(message.xM, 0))
                        writer.uint32(/* id 8, wireType 1 =*/65).double(message.xM);
                    if (message.yM != null && $Object.hasOwnProperty.call(message, "yM") && !$Object.is(message.yM, 0))
                        writer.uint32(/* id 9, wireType 1 =*/73).double(message.yM);
                    if (message.headingRad != null && $Object.hasOwnProperty.call(message, "headingRad") && !$Object.is(message.headingRad, 0))
                        writer.uint32(/* id 10, wireType 1 =*/81).double(message.headingRad);
                    if (message.speedMps != null && $Object.hasOwnProperty.call(message, "speedMps") && !$Object.is(message.speedMps, 0))
                        writer.uint32(/* id 11, wireType 1 =*/89).double(message.speedMps);
                    if (message.accelerationMps2 != null && $Object.hasOwnProperty.call(message, "accelerationMps2") && !$Object.is(message.accelerationMps2, 0))
                        writer.uint32(/* id 12, wireType 1 =*/97).double(message.accelerationMps2);
                    if (message.yawRateRadPs != null && $Object.hasOwnProperty.call(message, "yawRateRadPs") && !$Object.is(message.yawRateRadPs, 0))
                        writer.uint32(/* id 13, wireType 1 =*/105).double(message.yawRateRadPs);
                    if (message.positionSigmaM != null && $Object.hasOwnProperty.call(message, "positionSigmaM") && !$Object.is(message.positionSigmaM, 0))
                        writer.uint32(/* id 14, wireType 5 =*/117).float(message.positionSigmaM);
                    if (message.hitchAnglesRad != null && message.hitchAnglesRad.length)
                        writer.uint32(/* id 15, wireType 2 =*/122).floats(message.hitchAnglesRad);
                    if (message.routeId != null && $Object.hasOwnProperty.call(message, "routeId") && message.routeId !== "")
                        writer.uint32(/* id 16, wireType 2 =*/130).string(message.routeId);
                    if (message.routeSM != null && $Object.hasOwnProperty.call(message, "routeSM") && !$Object.is(message.routeSM, 0))
                        writer.uint32(/* id 17, wireType 1 =*/137).double(message.routeSM);
                    if (message.releasedToSM != null && $Object.hasOwnProperty.call(message, "releasedToSM") && !$Object.is(message.releasedToSM, 0))
                        writer.uint32(/* id 18, wireType 1 =*/145).double(message.releasedToSM);
                    if (message.stopped != null && $Object.hasOwnProperty.call(message, "stopped") && message.stopped !== false)
                        writer.uint32(/* id 19, wireType 0 =*/152).bool(message.stopped);
                    if (message.leaseAlive != null && $Object.hasOwnProperty.call(message, "leaseAlive") && message.leaseAlive !== false)
                        writer.uint32(/* id 20, wireType 0 =*/160).bool(message.leaseAlive);
                    if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                        writer.uint32(/* id 21, wireType 0 =*/168).uint32(message.epoch);
                    if (message.commandSequence != null && $Object.hasOwnProperty.call(message, "commandSequence") && message.commandSequence !== 0)
                        writer.uint32(/* id 22, wireType 0 =*/176).uint32(message.commandSequence);
                    if (message.errors != null && message.errors.length)
                        for (var i = 0; i < message.errors.length; ++i)
                            writer.uint32(/* id 23, wireType 2 =*/186).string(message.errors[i]);
                    if (message.objects != null && message.objects.length)
                        for (var i = 0; i < message.objects.length; ++i)
                            $root.quaymaster.telemetry.v1.FusedObject.encode(message.objects[i], writer.uint32(/* id 24, wireType 2 =*/194).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Frame message from the specified reader or buffer.
                 * @function decode
                 * @memberof quaymaster.telemetry.v1.Frame
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {quaymaster.telemetry.v1.Frame & quaymaster.telemetry.v1.Frame.$Shape} Frame
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Frame.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.quaymaster.telemetry.v1.Frame();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.schemaVersion = value;
                                else
                                    delete message.schemaVersion;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.vehicleId = value;
                                else
                                    delete message.vehicleId;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.bootId = value;
                                else
                                    delete message.bootId;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.sequence = value;
                                else
                                    delete message.sequence;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.observedAtMs = value;
                                else
                                    delete message.observedAtMs;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.modelId = value;
                                else
                                    delete message.modelId;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.mode = value;
                                else
                                    delete message.mode;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.xM = value;
                                else
                                    delete message.xM;
                                continue;
                            }
                        case 9: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.yM = value;
                                else
                                    delete message.yM;
                                continue;
                            }
                        case 10: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.headingRad = value;
                                else
                                    delete message.headingRad;
                                continue;
                            }
                        case 11: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.speedMps = value;
                                else
                                    delete message.speedMps;
                                continue;
                            }
                        case 12: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.accelerationMps2 = value;
                                else
                                    delete message.accelerationMps2;
                                continue;
                            }
                        case 13: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.yawRateRadPs = value;
                                else
                                    delete message.yawRateRadPs;
                                continue;
                            }
                        case 14: {
                                if (wireType !== 5)
                                    break;
                                if (!$Object.is(value = reader.float(), 0))
                                    message.positionSigmaM = value;
                                else
                                    delete message.positionSigmaM;
                                continue;
                            }
                        case 15: {
                                if (wireType === 2) {
                                    if (!(message.hitchAnglesRad && message.hitchAnglesRad.length))
                                        message.hitchAnglesRad = [];
                                    reader.floats(message.hitchAnglesRad);
                                    continue;
                                }
                                if (wireType !== 5)
                                    break;
                                if (!(message.hitchAnglesRad && message.hitchAnglesRad.length))
                                    message.hitchAnglesRad = [];
                                message.hitchAnglesRad.push(reader.float());
                                continue;
                            }
                        case 16: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.routeId = value;
                                else
                                    delete message.routeId;
                                continue;
                            }
                        case 17: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.routeSM = value;
                                else
                                    delete message.routeSM;
                                continue;
                            }
                        case 18: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.releasedToSM = value;
                                else
                                    delete message.releasedToSM;
                                continue;
                            }
                        case 19: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.stopped = value;
                                else
                                    delete message.stopped;
                                continue;
                            }
                        case 20: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.leaseAlive = value;
                                else
                                    delete message.leaseAlive;
                                continue;
                            }
                        case 21: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.epoch = value;
                                else
                                    delete message.epoch;
                                continue;
                            }
                        case 22: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.commandSequence = value;
                                else
                                    delete message.commandSequence;
                                continue;
                            }
                        case 23: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.errors && message.errors.length))
                                    message.errors = [];
                                message.errors.push(reader.stringVerify());
                                continue;
                            }
                        case 24: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.objects && message.objects.length))
                                    message.objects = [];
                                message.objects.push($root.quaymaster.telemetry.v1.FusedObject.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                /**
                 * Mode enum.
                 * @name quaymaster.telemetry.v1.Frame.Mode
                 * @enum {number}
                 * @property {number} AUTOMATIC=0 AUTOMATIC value
                 * @property {number} MANUAL=1 MANUAL value
                 * @property {number} SERVICE=2 SERVICE value
                 * @property {number} STARTUP=3 STARTUP value
                 */
                Frame.Mode = (function() {
                    var valuesById = $Object.create(null), values = $Object.create(valuesById);
                    values[valuesById[0] = "AUTOMATIC"] = 0;
                    values[valuesById[1] = "MANUAL"] = 1;
                    values[valuesById[2] = "SERVICE"] = 2;
                    values[valuesById[3] = "STARTUP"] = 3;
                    return values;
                })();

                return Frame;
            })();

            v1.FusedObject = (function() {

                /**
                 * Properties of a FusedObject.
                 * @typedef {Object} quaymaster.telemetry.v1.FusedObject.$Properties
                 * @property {string|null} [objectId] FusedObject objectId
                 * @property {string|null} [kind] FusedObject kind
                 * @property {Array.<number>|null} [polygonM] FusedObject polygonM
                 * @property {number|null} [vxMps] FusedObject vxMps
                 * @property {number|null} [vyMps] FusedObject vyMps
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a FusedObject.
                 * @memberof quaymaster.telemetry.v1
                 * @interface IFusedObject
                 * @augments quaymaster.telemetry.v1.FusedObject.$Properties
                 * @deprecated Use quaymaster.telemetry.v1.FusedObject.$Properties instead.
                 */

                /**
                 * Shape of a FusedObject.
                 * @typedef {quaymaster.telemetry.v1.FusedObject.$Properties} quaymaster.telemetry.v1.FusedObject.$Shape
                 */

                /**
                 * Constructs a new FusedObject.
                 * @memberof quaymaster.telemetry.v1
                 * @classdesc Represents a FusedObject.
                 * @constructor
                 * @param {quaymaster.telemetry.v1.FusedObject.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                var FusedObject = function (properties) {
                    this.polygonM = [];
                    if (properties)
                        for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * FusedObject objectId.
                 * @member {string} objectId
                 * @memberof quaymaster.telemetry.v1.FusedObject
                 * @instance
                 */
                FusedObject.prototype.objectId = "";

                /**
                 * FusedObject kind.
                 * @member {string} kind
                 * @memberof quaymaster.telemetry.v1.FusedObject
                 * @instance
                 */
                FusedObject.prototype.kind = "";

                /**
                 * FusedObject polygonM.
                 * @member {Array.<number>} polygonM
                 * @memberof quaymaster.telemetry.v1.FusedObject
                 * @instance
                 */
                FusedObject.prototype.polygonM = $util.emptyArray;

                /**
                 * FusedObject vxMps.
                 * @member {number} vxMps
                 * @memberof quaymaster.telemetry.v1.FusedObject
                 * @instance
                 */
                FusedObject.prototype.vxMps = 0;

                /**
                 * FusedObject vyMps.
                 * @member {number} vyMps
                 * @memberof quaymaster.telemetry.v1.FusedObject
                 * @instance
                 */
                FusedObject.prototype.vyMps = 0;

                /**
                 * Encodes the specified FusedObject message. Does not implicitly {@link quaymaster.telemetry.v1.FusedObject.verify|verify} messages.
                 * @function encode
                 * @memberof quaymaster.telemetry.v1.FusedObject
                 * @static
                 * @param {quaymaster.telemetry.v1.FusedObject.$Properties} message FusedObject message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                FusedObject.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.objectId != null && $Object.hasOwnProperty.call(message, "objectId") && message.objectId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.objectId);
                    if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.kind);
                    if (message.polygonM != null && message.polygonM.length)
                        writer.uint32(/* id 3, wireType 2 =*/26).doubles(message.polygonM);
                    if (message.vxMps != null && $Object.hasOwnProperty.call(message, "vxMps") && !$Object.is(message.vxMps, 0))
                        writer.uint32(/* id 4, wireType 1 =*/33).double(message.vxMps);
                    if (message.vyMps != null && $Object.hasOwnProperty.call(message, "vyMps") && !$Object.is(message.vyMps, 0))
                        writer.uint32(/* id 5, wireType 1 =*/41).double(message.vyMps);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (var i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a FusedObject message from the specified reader or buffer.
                 * @function decode
                 * @memberof quaymaster.telemetry.v1.FusedObject
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {quaymaster.telemetry.v1.FusedObject & quaymaster.telemetry.v1.FusedObject.$Shape} FusedObject
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                FusedObject.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    var end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.quaymaster.telemetry.v1.FusedObject();
                    while (reader.pos < end) {
                        var start = reader.pos;
                        var tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        var wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.objectId = value;
                                else
                                    delete message.objectId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.kind = value;
                                else
                                    delete message.kind;
                                continue;
                            }
                        case 3: {
                                if (wireType === 2) {
                                    if (!(message.polygonM && message.polygonM.length))
                                        message.polygonM = [];
                                    reader.doubles(message.polygonM);
                                    continue;
                                }
                                if (wireType !== 1)
                                    break;
                                if (!(message.polygonM && message.polygonM.length))
                                    message.polygonM = [];
                                message.polygonM.push(reader.double());
                                continue;
                            }
                        case 4: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.vxMps = value;
                                else
                                    delete message.vxMps;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 1)
                                    break;
                                if (!$Object.is(value = reader.double(), 0))
                                    message.vyMps = value;
                                else
                                    delete message.vyMps;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return FusedObject;
            })();

            return v1;
        })();

        return telemetry;
    })();

    return quaymaster;
})();

module.exports = $root;
