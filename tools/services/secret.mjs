import { randomBytes } from 'node:crypto';

/** 144 bits in letters and digits that need no escaping in any of the servers' files. */
export const secret = () => randomBytes(18).toString('hex');
