import { CommandEntity, CommandEventEntity, VehicleLedgerEntity } from './command.entity';
import { CreateCommands1764000000100 } from './migrations/1764000000100-create-commands';
import { ShareCommands1764000000110 } from './migrations/1764000000110-share-commands';

export { DispatchConfig, dispatchConfigSchema } from './dispatch.config';
export { dispatchStateGroup } from './dispatch.controller';
export { DispatchModule } from './dispatch.module';
export type { DispatchOptions } from './dispatch.module';
export const dispatchEntities = [CommandEntity, CommandEventEntity, VehicleLedgerEntity];
export const dispatchMigrations = [CreateCommands1764000000100, ShareCommands1764000000110];
