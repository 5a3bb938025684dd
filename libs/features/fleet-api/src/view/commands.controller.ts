import { Get } from '@nestjs/common';
import { commandStateSchema } from '@quaymaster/messages';
import { ProblemError } from '@quaymaster/nest-platform';
import { z } from 'zod';
import { ApiController } from '../http/api-controller';
import { Operation } from '../http/operation';
import { type Page, pageQuerySchema, pageSchema } from '../http/page';
import { safeIdSchema } from '../http/text';
import { ValidParams, ValidQuery } from '../http/valid';
import { type CommandDetail, commandDetailSchema, CommandReader, type CommandView, commandViewSchema } from './command.store';

const paramsSchema = z.strictObject({ commandId: safeIdSchema });
const querySchema = pageQuerySchema.extend({
  vehicleId: safeIdSchema.optional(), causeId: safeIdSchema.optional().describe('Incident, mission or request'), state: commandStateSchema.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** Commands to vehicles and what became of them. */
@ApiController('v1/commands')
export class CommandsController {
  constructor(private readonly commands: CommandReader) {}

  @Get()
  @Operation({ summary: 'Commands, newest first', role: 'viewer', query: querySchema, answer: pageSchema(commandViewSchema) })
  async listCommands(@ValidQuery() query: z.infer<typeof querySchema>): Promise<Page<CommandView>> {
    const items = await this.commands.list(query);
    return { items, next: items.length < query.limit ? null : items[items.length - 1]!.commandId };
  }

  @Get(':commandId')
  @Operation({ summary: 'One command with its ladder', role: 'viewer', params: paramsSchema, answer: commandDetailSchema, problems: { QM_COMMAND_UNKNOWN: 404 } })
  async getCommand(@ValidParams() { commandId }: z.infer<typeof paramsSchema>): Promise<CommandDetail> {
    const command = await this.commands.get(commandId);
    if (command === undefined) throw new ProblemError(404, 'QM_COMMAND_UNKNOWN', `there is no command ${commandId}`);
    return command;
  }
}
