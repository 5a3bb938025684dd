import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What somebody proves himself with. The token itself is not kept, only its SHA-256. */
@Entity('api_token')
export class ApiTokenEntity {
  @PrimaryColumn('text')
  name!: string;

  @Column('text')
  role!: string;

  @Column('text', { unique: true })
  hash!: string;

  @Column('bigint', { name: 'created_at_ms' })
  createdAtMs!: string;

  @Column('bigint', { name: 'expires_at_ms', nullable: true })
  expiresAtMs!: string | null;
}
