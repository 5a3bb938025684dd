import type { Redis } from 'ioredis';

/**
 * An entry is a hash of its version `v` and its JSON `j`. Beside the entries stand two sorted sets: the names, by their letters, and the instants at
 * which names run out. A listing walks the names of its prefix and nothing else: its cost follows what it returns. SCAN would walk every key of a server
 * that several sites share, and KEYS would stop the server for as long. Each put clears away two names that have run out, so that the sets follow the
 * entries that live, whether anybody lists or not.
 *
 * Every script is idempotent: run twice with the same arguments it leaves what it left the first time.
 */

/** KEYS: entry, names, instants. ARGV: name, version, JSON, time to live [ms] or '', entry key of the names ('' + name). Gives 1, or 0 for an old version. */
const PUT = `
local name, version, ttl = ARGV[1], ARGV[2], ARGV[4]
local known = redis.call('HGET', KEYS[1], 'v')
if known and tonumber(version) < tonumber(known) then return 0 end
redis.call('HSET', KEYS[1], 'v', version, 'j', ARGV[3])
redis.call('ZADD', KEYS[2], 0, name)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ttl == '' then
  redis.call('PERSIST', KEYS[1])
  redis.call('ZREM', KEYS[3], name)
else
  redis.call('PEXPIRE', KEYS[1], ttl)
  redis.call('ZADD', KEYS[3], now + ttl, name)
end
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now - 1, 'LIMIT', 0, 2)) do
  if redis.call('EXISTS', ARGV[5] .. old) == 0 then
    redis.call('ZREM', KEYS[2], old)
    redis.call('ZREM', KEYS[3], old)
  end
end
return 1`;

/** KEYS: names. ARGV: lower bound, upper bound, names at most, entry key of the names. Gives the last name looked at ('' at the end), then name and JSON in turn. */
const LIST = `
local names = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])
local found = { '' }
if #names == tonumber(ARGV[3]) then found[1] = names[#names] end
for _, name in ipairs(names) do
  local json = redis.call('HGET', ARGV[4] .. name, 'j')
  if json then
    found[#found + 1] = name
    found[#found + 1] = json
  end
end
return found`;

/** KEYS: entry, names, instants. ARGV: name. */
const REMOVE = `
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1`;

/** What the scripts add to a client. */
export interface StateCommands {
  qmPut(entry: string, names: string, instants: string, name: string, version: number, json: string, ttl: number | '', entries: string): Promise<0 | 1>;
  qmList(names: string, from: string | Buffer, to: string | Buffer, limit: number, entries: string): Promise<string[]>;
  qmRemove(entry: string, names: string, instants: string, name: string): Promise<1>;
}

export function withScripts(redis: Redis): Redis & StateCommands {
  redis.defineCommand('qmPut', { numberOfKeys: 3, lua: PUT });
  redis.defineCommand('qmList', { numberOfKeys: 1, lua: LIST, readOnly: true });
  redis.defineCommand('qmRemove', { numberOfKeys: 3, lua: REMOVE });
  return redis as Redis & StateCommands;
}
