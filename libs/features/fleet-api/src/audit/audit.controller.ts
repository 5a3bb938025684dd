import { Get } from '@nestjs/common';
import { z } from 'zod';
import { ApiController } from '../http/api-controller';
import { Operation } from '../http/operation';
import { type Page, pageSchema } from '../http/page';
import { safeIdSchema } from '../http/text';
import { ValidQuery } from '../http/valid';
import { type AuditEntry, AuditStore, type AuditVerdict } from './audit.store';

const entrySchema = z.object({
  serial: z.number().int(), atMs: z.number().int(), actor: z.string(), action: z.string(), resource: z.string(), body: z.unknown(), prevHash: z.string(),
  hash: z.string().describe('SHA-256 over the entry and the hash of the one before it'),
});
const verdictSchema = z.discriminatedUnion('holds', [
  z.object({ holds: z.literal(true), entries: z.number().int(), headHash: z.string() }),
  z.object({ holds: z.literal(false), entries: z.number().int(), brokenAt: z.number().int(), because: z.string() }),
]);
const querySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100), after: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  actor: safeIdSchema.optional(),
});

/** Who did what. */
@ApiController('v1/audit')
export class AuditController {
  constructor(private readonly audit: AuditStore) {}

  @Get()
  @Operation({ summary: 'The audit trail, newest first', role: 'supervisor', query: querySchema, answer: pageSchema(entrySchema) })
  async listAudit(@ValidQuery() { limit, after, actor }: z.infer<typeof querySchema>): Promise<Page<AuditEntry>> {
    const items = await this.audit.list(after ?? Number.MAX_SAFE_INTEGER, limit, actor);
    return { items, next: items.length < limit ? null : String(items[items.length - 1]!.serial) };
  }

  @Get('verify')
  @Operation({ summary: 'Whether the chain of the audit trail holds', role: 'supervisor', answer: verdictSchema })
  verifyAudit(): Promise<AuditVerdict> {
    return this.audit.verify();
  }
}
