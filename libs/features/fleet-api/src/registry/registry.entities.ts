import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('vehicle_model')
export class VehicleModelEntity {
  @PrimaryColumn('text')
  id!: string;

  @Column('jsonb')
  body!: object;
}

/** A vehicle that may connect. Its secret is kept as a hash alone. */
@Entity('vehicle')
export class VehicleEntity {
  @PrimaryColumn('text', { name: 'vehicle_id' })
  vehicleId!: string;

  @Column('text', { name: 'model_id' })
  modelId!: string;

  @Column('text', { name: 'secret_hash' })
  secretHash!: string;

  @Column('bigint', { name: 'created_at_ms' })
  createdAtMs!: string;
}
