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
}

/** One rung of a command's ladder; rows are only ever added. */
@Entity('command_event')
export class CommandEventEntity {
  @PrimaryGeneratedColumn('identity', { name: 'event_id', type: 'bigint' })
  eventId!: string;

  @Index()
  @Column('text', { name: 'command_id' })
  commandId!: string;

  @Column('text')
  state!: string;

  @Column('text')
  because!: string;

  @Column('bigint', { name: 'at_ms' })
  atMs!: string;
}
