-- A conversation no longer wants to be told of one thing, or of anything: gone here, from the followers and from what is due.
-- KEYS  1 notices  2 due  3 taken  4 items  5 tries
-- ARGV  1 conversation  2 beginning of the names of followers  3 name, or '' for all  4 the entry it must still be, or ''
-- Returns the names and entries that were dropped, in turn.
local dropped = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if (ARGV[3] == '' or all[i] == ARGV[3]) and (ARGV[4] == '' or all[i + 1] == ARGV[4]) then
    local item = ARGV[1] .. ':' .. all[i]
    redis.call('HDEL', KEYS[1], all[i])
    redis.call('SREM', ARGV[2] .. all[i], ARGV[1])
    redis.call('ZREM', KEYS[2], item)
    redis.call('ZREM', KEYS[3], item)
    redis.call('HDEL', KEYS[4], item)
    redis.call('HDEL', KEYS[5], item)
    dropped[#dropped + 1] = all[i]
    dropped[#dropped + 1] = all[i + 1]
  end
end
return dropped
