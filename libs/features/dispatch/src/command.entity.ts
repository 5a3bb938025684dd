import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** A command and what became of it. */
@Entity('command')
@Index(['vehicleId', 'sequence'])
export class CommandEntity {
  @PrimaryColumn('text', { name: 'command_id' })
  commandId!: string;

  @Column('text', { name: 'vehicle_id' })
  vehicleId!: string;

  @Column('text')
  kind!: string;

  @Column('integer')
  sequence!: number;

  @Column('integer')
  epoch!: number;

  @Column('text')
  state!: string;

  @Column('text')
  because!: string;

  @Column('text', { name: 'cause_id' })
  causeId!: string;

  @Column('text')
  actor!: string;

  @Column('jsonb')
  params!: object;

  @Column('bigint', { name: 'issued_at_ms' })
  issuedAtMs!: string;

  @Column('bigint', { name: 'expires_at_ms' })
  expiresAtMs!: string;

  /** Instance of dispatch that sees to it. */
  @Column('text')
  owner!: string;
}

/** What the numbers of a vehicle's commands have come to. */
@Entity('vehicle_ledger')
export class VehicleLedgerEntity {
  @PrimaryColumn('text', { name: 'vehicle_id' })
  vehicleId!: string;

  @Column('integer')
  sequence!: number;

  @Column('integer')
  epoch!: number;

  /** How many the newest allotment took. */
  @Column('integer')
  allotted!: number;
}

/** One rung of a command's ladder; rows are only ever added. */
@Entity('command_event')
@Index(['commandId', 'state'], { unique: true })
export class CommandEventEntity {
  @PrimaryGeneratedColumn('identity', { name: 'event_id', type: 'bigint' })
  eventId!: string;

  @Column('text', { name: 'command_id' })
  commandId!: string;

  @Column('text')
  state!: string;

  @Column('text')
  because!: string;

  @Column('bigint', { name: 'at_ms' })
  atMs!: string;
}
