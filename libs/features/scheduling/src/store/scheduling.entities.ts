import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('scheduler_epoch')
export class SchedulerEpochEntity {
  @PrimaryColumn('text')
  site!: string;

  @Column('integer')
  epoch!: number;

  @Column('bigint', { name: 'taken_at_ms' })
  takenAtMs!: string;
}

@Entity('mission')
export class MissionEntity {
  @PrimaryColumn('text', { name: 'mission_id' })
  missionId!: string;

  @Column('text')
  state!: string;

  @Column('jsonb')
  body!: object;
}

@Entity('incident')
export class IncidentEntity {
  @PrimaryColumn('text', { name: 'incident_id' })
  incidentId!: string;

  @Column('text')
  state!: string;

  @Column('jsonb')
  body!: object;
}

@Entity('outbox')
export class OutboxEntity {
  @PrimaryGeneratedColumn('identity', { name: 'outbox_id', type: 'bigint' })
  outboxId!: string;

  @Column('text')
  key!: string;

  @Column('jsonb')
  body!: object;

  @Column('bigint', { name: 'sent_at_ms', nullable: true })
  sentAtMs!: string | null;
}
