import { z } from 'zod';

/** Environment keys of the predictor. */
export const collisionConfigSchema = z.object({
  QM_COLLISION_HORIZON_S: z.coerce.number().min(2).max(30).default(8),
  /** Kept clear around each pair beside what the uncertainty of its positions asks for. */
  QM_COLLISION_MARGIN_M: z.coerce.number().min(0).max(2).default(0.1),
  /** From a demand to stop until brakes grip. */
  QM_COLLISION_LATENCY_S: z.coerce.number().min(0.1).max(5).default(0.5),
  /** `off`: conflicts and deviations are published, but no stop is asked for. */
  QM_COLLISION_STOP: z.enum(['on', 'off']).default('on'),
  QM_COLLISION_LATERAL_M: z.coerce.number().min(0.2).max(10).default(1),
  QM_COLLISION_HEADING_RAD: z.coerce.number().min(0.05).max(3).default(0.35),
  /** Share of the body that must be on the drivable surface. */
  QM_COLLISION_SURFACE_RATIO: z.coerce.number().min(0).max(1).default(0.9),
  QM_COLLISION_OVERSPEED_MPS: z.coerce.number().min(0.1).max(10).default(1.5),
  QM_COLLISION_SUSPECT_MS: z.coerce.number().int().min(300).max(30_000).default(2000),
  QM_COLLISION_LOST_MS: z.coerce.number().int().min(500).max(60_000).default(3000),
  /** A vehicle that hears nothing drives on at most so long before it brakes by itself. */
  QM_COLLISION_LEASE_MS: z.coerce.number().int().min(1000).max(10_000).default(3000),
  /** Side of the square cells that instances share the plane by. All instances of a site must have the same. */
  QM_COLLISION_CELL_M: z.coerce.number().min(20).max(5000).default(150),
  /** Instances that work on a cell: one is responsible, the others come in when it fails. All instances of a site must have the same. */
  QM_COLLISION_COPIES: z.coerce.number().int().min(1).max(3).default(2),
});

/** How the predictor looks ahead, judges and warns. */
export class CollisionConfig {
  readonly horizonS: number;
  readonly marginM: number;
  readonly latencyS: number;
  readonly stops: boolean;
  readonly lateralM: number;
  readonly headingRad: number;
  readonly surfaceRatio: number;
  readonly overspeedMps: number;
  readonly suspectMs: number;
  readonly lostMs: number;
  readonly leaseS: number;
  readonly cellM: number;
  readonly copies: number;

  private constructor(c: z.infer<typeof collisionConfigSchema>) {
    this.horizonS = c.QM_COLLISION_HORIZON_S;
    this.marginM = c.QM_COLLISION_MARGIN_M;
    this.latencyS = c.QM_COLLISION_LATENCY_S;
    this.stops = c.QM_COLLISION_STOP === 'on';
    this.lateralM = c.QM_COLLISION_LATERAL_M;
    this.headingRad = c.QM_COLLISION_HEADING_RAD;
    this.surfaceRatio = c.QM_COLLISION_SURFACE_RATIO;
    this.overspeedMps = c.QM_COLLISION_OVERSPEED_MPS;
    this.suspectMs = c.QM_COLLISION_SUSPECT_MS;
    this.lostMs = c.QM_COLLISION_LOST_MS;
    this.leaseS = c.QM_COLLISION_LEASE_MS / 1000;
    this.cellM = c.QM_COLLISION_CELL_M;
    this.copies = c.QM_COLLISION_COPIES;
    Object.freeze(this);
  }

  /** @throws ZodError naming the key that is out of range. */
  static from(env: Readonly<Record<string, string | undefined>>): CollisionConfig {
    return new CollisionConfig(collisionConfigSchema.parse(env));
  }
}
