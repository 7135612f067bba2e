-- Events from anyone but citizen and brain, and every change of owner but the one at the end of a turn.
-- KEYS  1 meta  2 log  3 inbox  4 turns  5 feed  6 cids  7 waiting  8 active  9 closed  10 tracker
-- ARGV  1 conversation  2 owner it must have, or ''  3 agent it must have, or ''  4 new owner, or ''  5 new agent  6 agent's name
--       7 cid, or ''  8 time to live (s)  9 '1': the last event becomes a turn of the bot  10 score in `waiting`, or '' for now
--       11... event bodies
-- Returns {outcome, seq of the last event, owner, agent, agent's name}: done | again | gone | refused
local meta = redis.call('HMGET', KEYS[1], 'owner', 'agent', 'agent_name')
if not meta[1] then return {'gone', 0, '', '', ''} end
local agent, name = meta[2] or '', meta[3] or ''
if ARGV[7] ~= '' then
  local seen = redis.call('HGET', KEYS[6], ARGV[7])
  if seen then return {'again', tonumber(string.match(seen, '^(%d+)')), meta[1], agent, name} end
end
if (ARGV[2] ~= '' and meta[1] ~= ARGV[2]) or (ARGV[3] ~= '' and agent ~= ARGV[3]) then
  return {'refused', 0, meta[1], agent, name}
end
local seq = redis.call('LLEN', KEYS[2])
for i = 11, #ARGV do seq = redis.call('RPUSH', KEYS[2], ARGV[i]) end
if ARGV[7] ~= '' then redis.call('HSET', KEYS[6], ARGV[7], seq .. ':') end
if ARGV[4] ~= '' then
  local time = redis.call('TIME')
  local now = string.format('%d.%06d', time[1], time[2])
  redis.call('HSET', KEYS[1], 'owner', ARGV[4], 'agent', ARGV[5], 'agent_name', ARGV[6])
  for i = 7, 9 do redis.call('ZREM', KEYS[i], ARGV[1]) end
  if ARGV[4] == 'queue' then
    local score = ARGV[10] ~= '' and ARGV[10] or now
    redis.call('HSET', KEYS[1], 'queued_at', score)
    redis.call('ZADD', KEYS[7], score, ARGV[1])
  elseif ARGV[4] == 'agent' then
    redis.call('HSET', KEYS[1], 'assigned_at', now)
    redis.call('ZADD', KEYS[8], now, ARGV[1])
  else
    redis.call('ZADD', KEYS[9], now, ARGV[1])
  end
end
if ARGV[9] == '1' then
  redis.call('RPUSH', KEYS[3], seq)
  if redis.call('HGET', KEYS[1], 'scheduled') ~= '1' then
    redis.call('HSET', KEYS[1], 'scheduled', '1')
    redis.call('XADD', KEYS[4], '*', 'c', ARGV[1])
  end
end
redis.call('XADD', KEYS[5], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1])
for _, key in ipairs({KEYS[1], KEYS[2], KEYS[3], KEYS[6], KEYS[10]}) do redis.call('EXPIRE', key, ARGV[8]) end
return {'done', seq, ARGV[4] ~= '' and ARGV[4] or meta[1], agent, name}
