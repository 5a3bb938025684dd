import { ContractRow, CreateContractRow1700000000000, describeRelational } from '../testing/relational.contract';
import { openDatabase } from './open-database';

describeRelational('the embedded engine', () => openDatabase({ entities: [ContractRow], migrations: [CreateContractRow1700000000000] }));
