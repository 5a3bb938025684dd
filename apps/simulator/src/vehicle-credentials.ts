/** Who a simulated vehicle is to the broker, what it is built like, and where it begins. */
export interface VehicleCredentials {
  readonly vehicleId: string;
  readonly password: string;
  /** A `VehicleKind`. */
  readonly modelId: string;
  /** A slot of the map. */
  readonly slotId: string;
}
