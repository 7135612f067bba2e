-- An act of the agent that is done a little later, so that it can be undone; or undoing it.
-- KEYS  1 meta  2 pending  3 feed
-- ARGV  1 conversation  2 agent  3 the act as JSON, or '' to undo  4 seconds
-- Returns {outcome, act or time of it, owner, agent's name}: done | gone | refused
local meta = redis.call('HMGET', KEYS[1], 'owner', 'agent', 'agent_name', 'pending')
if not meta[1] then return {'gone', '', '', ''} end
if meta[1] ~= 'agent' or meta[2] ~= ARGV[2] then return {'refused', '', meta[1], meta[3] or ''} end
local result = meta[4] or ''
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], 'pending', 'pending_at')
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  local time = redis.call('TIME')
  result = string.format('%.6f', time[1] + time[2] / 1000000 + ARGV[4])
  redis.call('HSET', KEYS[1], 'pending', ARGV[3], 'pending_at', result)
  redis.call('ZADD', KEYS[2], result, ARGV[1])
end
redis.call('XADD', KEYS[3], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1], 'e', 'pending')
return {'done', result, '', ''}
