-- A citizen's message enters the log, once per cid, and becomes a turn when the bot owns the conversation.
-- KEYS  1 meta  2 log  3 cids  4 inbox  5 turns  6 feed  7 tracker
-- ARGV  1 conversation  2 cid  3 digest of the request  4 event body  5 time to live (s)  6 max inbox  7 max backlog
--       8 max events  9 seq of the question answered, or ''
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
if owner == 'bot' then
  if redis.call('LLEN', KEYS[4]) >= tonumber(ARGV[6]) then return {'busy', 0} end
  if redis.call('XLEN', KEYS[5]) >= tonumber(ARGV[7]) then return {'overloaded', 0} end
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
end
redis.call('XADD', KEYS[6], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1])
for _, key in ipairs({KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[7]}) do redis.call('EXPIRE', key, ARGV[5]) end
return {'new', seq}
