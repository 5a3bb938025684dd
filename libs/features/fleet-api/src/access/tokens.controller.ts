import { Delete, Get, Post } from '@nestjs/common';
import { ProblemError } from '@quaymaster/nest-platform';
import { Clock } from '@quaymaster/ports';
import { z } from 'zod';
import { ApiController } from '../http/api-controller';
import { Operation } from '../http/operation';
import { ascending, type Page, pageOf, type PageQuery, pageQuerySchema, pageSchema } from '../http/page';
import { AskedMutation, ValidBody, ValidParams, ValidQuery } from '../http/valid';
import { LocalChanges } from '../ledger/local-changes.service';
import type { Mutation } from '../ledger/mutation';
import { ApiTokenStore } from './api-token.store';
import { ApiTokens } from './api-tokens.service';
import { roleSchema } from './role';
import { hashOf, makeSecret } from './secret';

/** Also the actor in the audit trail and part of a stop's source. */
const nameSchema = z.string().regex(/^[A-Za-z0-9_.@-]{1,64}$/);
const bodySchema = z.strictObject({
  name: nameSchema, role: roleSchema, expiresAtMs: z.number().int().positive().nullable().default(null).describe('Null: it does not expire'),
});
const viewSchema = z.object({ name: nameSchema, role: roleSchema, createdAtMs: z.number().int(), expiresAtMs: z.number().int().nullable() });
const issuedSchema = viewSchema.extend({ token: z.string().describe('Told this once') });
const paramsSchema = z.strictObject({ name: nameSchema });

/** Tokens of people and other systems. */
@ApiController('v1/tokens')
export class TokensController {
  constructor(
    private readonly tokens: ApiTokens, private readonly store: ApiTokenStore, private readonly changes: LocalChanges, private readonly clock: Clock,
  ) {}

  @Get()
  @Operation({ summary: 'All tokens, without the tokens themselves', role: 'admin', query: pageQuerySchema, answer: pageSchema(viewSchema) })
  listTokens(@ValidQuery() query: PageQuery): Page<z.infer<typeof viewSchema>> {
    const views = this.tokens.list().map(({ name, role, createdAtMs, expiresAtMs }) => ({ name, role, createdAtMs, expiresAtMs }));
    return pageOf(views.sort((a, b) => (a.name < b.name ? -1 : 1)), (view) => view.name, query, ascending);
  }

  @Post()
  @Operation({ summary: 'Make a token', role: 'admin', body: bodySchema, answer: issuedSchema, status: 201, problems: { QM_TOKEN_KNOWN: 409 } })
  async makeToken(@ValidBody() body: z.infer<typeof bodySchema>, @AskedMutation() mutation: Mutation): Promise<unknown> {
    const { answer } = await this.changes.perform(mutation, async (manager) => {
      const token = makeSecret();
      const made = { ...body, createdAtMs: this.clock.nowMs() };
      if (!(await this.store.insert({ ...made, hash: hashOf(token) }, manager))) {
        throw new ProblemError(409, 'QM_TOKEN_KNOWN', `there is a token named ${body.name}`);
      }
      return { status: 201, answer: { ...made, token }, resource: body.name };
    }, () => this.tokens.refresh(), true);
    return answer;
  }

  @Delete(':name')
  @Operation({
    summary: 'End a token', role: 'admin', params: paramsSchema, answer: paramsSchema, problems: { QM_TOKEN_UNKNOWN: 404, QM_TOKEN_OWN: 409 },
  })
  async removeToken(@ValidParams() { name }: z.infer<typeof paramsSchema>, @AskedMutation() mutation: Mutation): Promise<unknown> {
    if (name === mutation.caller.name) throw new ProblemError(409, 'QM_TOKEN_OWN', 'a token cannot end itself');
    const { answer } = await this.changes.perform(mutation, async (manager) => {
      if (!(await this.store.remove(name, manager))) throw new ProblemError(404, 'QM_TOKEN_UNKNOWN', `there is no token named ${name}`);
      return { status: 200, answer: { name }, resource: name };
    }, () => this.tokens.refresh());
    return answer;
  }
}
