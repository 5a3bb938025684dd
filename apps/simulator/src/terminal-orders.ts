import { seededRandom } from '@quaymaster/geometry';
import type { Cancel, Clock } from '@quaymaster/ports';
import type { TransferPoint } from '@quaymaster/virtual-map';

/** Carry something from one transfer point to another. */
export interface MissionOrder { readonly missionId: string; readonly pickup: string; readonly dropoff: string; readonly priority: number }

export interface TerminalOrdersOptions {
  readonly transferPoints: readonly Pick<TransferPoint, 'id' | 'kind'>[];
  readonly vehicles: number;
  /** Open missions for each vehicle; more than one keeps a queue behind every vehicle. */
  readonly factor?: number;
  readonly seed: number;
  readonly clock: Clock;
  /** Hands a mission to the control plane. One that was refused or lost is handed in again under the same id. */
  submit(mission: MissionOrder): Promise<void>;
  /** Beginning of mission ids; must differ between runs on one store. */
  readonly idPrefix?: string;
}

type Kind = TransferPoint['kind'];

/** How often each kind of trip is ordered: ship work most of all, gate moves beside it. */
const TRIPS: readonly { readonly from: Kind; readonly to: Kind; readonly weight: number }[] = [
  { from: 'crane', to: 'yard', weight: 4 },
  { from: 'yard', to: 'crane', weight: 4 },
  { from: 'yard', to: 'gate', weight: 1 },
  { from: 'gate', to: 'yard', weight: 1 },
];
const LOOK_PERIOD_MS = 500;

/** A simulated terminal operating system: it keeps the fleet busy until it is told to finish. */
export class TerminalOrders {
  /** Missions that were handed in and are not known to be closed. */
  readonly open = new Map<string, MissionOrder>();
  /** Handed in so far. */
  submitted = 0;
  private readonly random: () => number;
  private readonly trips: readonly (typeof TRIPS)[number][];
  private readonly wanted: number;
  private refused: MissionOrder[] = [];
  private underWay = 0;
  private serial = 0;
  private cancel: Cancel = () => undefined;

  /** @throws RangeError when the map's transfer points allow no trip at all */
  constructor(private readonly options: TerminalOrdersOptions) {
    const { transferPoints, vehicles, factor = 1.3, seed } = options;
    this.random = seededRandom(seed);
    this.wanted = Math.max(1, Math.round(vehicles * factor));
    const kinds = new Set(transferPoints.map((point) => point.kind));
    this.trips = TRIPS.filter(({ from, to }) => kinds.has(from) && kinds.has(to));
    if (this.trips.length === 0) throw new RangeError(`no trips between the kinds of transfer points that the map has: ${[...kinds].join(', ') || 'none'}`);
  }

  start(): void {
    this.order();
    this.cancel();
    this.cancel = this.options.clock.every(LOOK_PERIOD_MS, () => { this.order(); });
  }

  /** Nothing more is ordered; what is open may be finished. */
  finish(): void {
    this.cancel();
  }

  /** The control plane says that a mission is finished, failed or cancelled. */
  closed(missionId: string): void {
    this.open.delete(missionId);
  }

  /** Hands in as many as are missing. */
  private order(): void {
    const missing = this.wanted - this.open.size - this.underWay;
    for (let i = 0; i < missing; i += 1) this.handIn(this.refused.shift() ?? this.draw());
  }

  private handIn(mission: MissionOrder): void {
    this.underWay += 1;
    this.options.submit(mission).then(
      () => {
        this.submitted += 1;
        this.open.set(mission.missionId, mission);
      },
      () => { this.refused.push(mission); },
    ).finally(() => { this.underWay -= 1; }).catch(() => undefined);
  }

  private draw(): MissionOrder {
    const { idPrefix = 'mission', seed } = this.options;
    const total = this.trips.reduce((sum, { weight }) => sum + weight, 0);
    let at = this.random() * total;
    const trip = this.trips.find(({ weight }) => (at -= weight) < 0) ?? this.trips[0]!;
    this.serial += 1;
    return { missionId: `${idPrefix}-${seed}-${this.serial}`, pickup: this.point(trip.from), dropoff: this.point(trip.to), priority: 0 };
  }

  private point(kind: Kind): string {
    const points = this.options.transferPoints.filter((point) => point.kind === kind);
    return points[Math.floor(this.random() * points.length)]!.id;
  }
}
