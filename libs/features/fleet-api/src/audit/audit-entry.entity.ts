import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One action of somebody; each entry holds the hash of the one before it. */
@Entity('audit_entry')
export class AuditEntryEntity {
  @PrimaryColumn('bigint')
  serial!: string;

  @Column('bigint', { name: 'at_ms' })
  atMs!: string;

  @Column('text')
  actor!: string;

  @Column('text')
  action!: string;

  @Column('text')
  resource!: string;

  @Column('jsonb')
  body!: object;

  @Column('text', { name: 'prev_hash' })
  prevHash!: string;

  @Column('text')
  hash!: string;
}
