-- A conversation wants to be told of something, until an end; twice is once, and the newest end counts.
-- KEYS  1 meta  2 notices  3 followers of the name  4 due  5 items  6 tries  7 taken
-- ARGV  1 conversation  2 name  3 entry (JSON)  4 time to live (s)  5 most per conversation  6 item  7 item's body  8 due
--       9 time to live of the item (s)
-- Returns gone | full | kept
if redis.call('EXISTS', KEYS[1]) == 0 then return 'gone' end
if redis.call('HEXISTS', KEYS[2], ARGV[2]) == 0 and redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[5]) then return 'full' end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('SADD', KEYS[3], ARGV[1])
redis.call('ZADD', KEYS[4], ARGV[8], ARGV[6])
redis.call('HSET', KEYS[5], ARGV[6], ARGV[7])
redis.call('HDEL', KEYS[6], ARGV[6])
redis.call('ZREM', KEYS[7], ARGV[6])  -- a clerk that has it at the moment has an older one
for i = 2, 6 do
  local seconds = i < 4 and ARGV[4] or ARGV[9]
  if redis.call('TTL', KEYS[i]) < tonumber(seconds) then redis.call('EXPIRE', KEYS[i], seconds) end
end
return 'kept'
