-- A citizen's message enters the log, once per cid, and becomes a turn when the bot owns the conversation.
-- A closing that was postponed is off: the citizen goes on. Who waits in the queue and chooses another way leaves it with that.
-- KEYS  1 meta  2 log  3 cids  4 inbox  5 turns  6 feed  7 tracker  8 pending  9 waiting  10 closed  11 devices
-- ARGV  1 conversation  2 cid  3 digest of the request  4 event body  5 time to live (s)  6 max inbox  7 max backlog
--       8 max events  9 seq of the question answered, or ''  10 event that tells that the queue is left for it, or ''
-- Returns {outcome, seq}: new | again | gone | reused | expired | full | busy | overloaded
local owner = redis.call('HGET', KEYS[1], 'owner')
if not owner then return {'gone', 0} end
local seen = redis.call('HGET', KEYS[3], ARGV[2])
if seen then
  local seq, digest = string.match(seen, '^(%d+):(.*)$')
  if digest == ARGV[3] then return {'again', tonumber(seq)} end
  return {'reused', 0}
end
if ARGV[9] ~= '' and redis.call('HGET', KEYS[1], 'question') ~= ARGV[9] then return {'expired', 0} end
if redis.call('LLEN', KEYS[2]) >= tonumber(ARGV[8]) then return {'full', 0} end
local leaves = owner == 'queue' and ARGV[10] ~= ''
if owner == 'bot' or leaves then
  if redis.call('LLEN', KEYS[4]) >= tonumber(ARGV[6]) then return {'busy', 0} end
  if redis.call('XLEN', KEYS[5]) >= tonumber(ARGV[7]) then return {'overloaded', 0} end
end
if leaves then
  local time = redis.call('TIME')
  redis.call('RPUSH', KEYS[2], ARGV[10])
  redis.call('HSET', KEYS[1], 'owner', 'bot', 'agent', '', 'agent_name', '')
  redis.call('HDEL', KEYS[1], 'form')
  redis.call('ZREM', KEYS[9], ARGV[1])
  if redis.call('HGET', KEYS[1], 'assigned_at') then -- as in change.lua
    redis.call('ZADD', KEYS[10], string.format('%d.%06d', time[1], time[2]), ARGV[1])
  end
  owner = 'bot'
end
local seq = redis.call('RPUSH', KEYS[2], ARGV[4])
redis.call('HSET', KEYS[3], ARGV[2], seq .. ':' .. ARGV[3])
if owner == 'bot' then
  redis.call('RPUSH', KEYS[4], seq)
  if redis.call('HGET', KEYS[1], 'scheduled') ~= '1' then
    redis.call('HSET', KEYS[1], 'scheduled', '1')
    redis.call('XADD', KEYS[5], '*', 'c', ARGV[1])
  end
else
  redis.call('RPUSH', KEYS[2], '{"type":"turn_done","turn":"t_' .. seq .. '"}')
  local pending = redis.call('HGET', KEYS[1], 'pending')
  if pending and cjson.decode(pending).act == 'close' then
    redis.call('HDEL', KEYS[1], 'pending', 'pending_at')
    redis.call('ZREM', KEYS[8], ARGV[1])
    redis.call('XADD', KEYS[6], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1], 'e', 'pending:citizen')
  end
end
redis.call('XADD', KEYS[6], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1])
for _, key in ipairs({KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[7], KEYS[11]}) do redis.call('EXPIRE', key, ARGV[5]) end
return {'new', seq}
