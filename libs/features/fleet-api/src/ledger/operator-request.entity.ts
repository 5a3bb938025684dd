import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A mutation by its idempotency key: what was asked, and what was answered. */
@Entity('operator_request')
export class OperatorRequestEntity {
  @PrimaryColumn('text', { name: 'request_id' })
  requestId!: string;

  @Column('text')
  actor!: string;

  @Column('text')
  operation!: string;

  @Column('text')
  fingerprint!: string;

  @Column('bigint', { name: 'requested_at_ms' })
  requestedAtMs!: string;

  /** What the scheduler is asked, null for what the gateway does by itself. */
  @Column('jsonb', { nullable: true })
  body!: object | null;

  @Column('bigint', { name: 'published_at_ms', nullable: true })
  publishedAtMs!: string | null;

  /** What the scheduler answered. */
  @Column('jsonb', { nullable: true })
  result!: object | null;

  @Column('integer', { nullable: true })
  status!: number | null;

  /** What the gateway answered, sealed where it holds a secret. */
  @Column('text', { nullable: true })
  answer!: string | null;
}
