-- A request gets another reference; whoever has taken it keeps it.
-- KEYS  1 items  2 since  3 taken  4 the reference that the request has
-- ARGV  1 reference  2 the body it had  3 new reference  4 new body
-- Returns 1, or 0 when it is no longer this one or the new reference is somebody else's.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] or redis.call('HEXISTS', KEYS[1], ARGV[3]) == 1 then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
for i = 2, 3 do
  local score = redis.call('ZSCORE', KEYS[i], ARGV[1])
  redis.call('ZREM', KEYS[i], ARGV[1])
  if score then redis.call('ZADD', KEYS[i], score, ARGV[3]) end
end
redis.call('SET', KEYS[4], ARGV[3], 'XX', 'KEEPTTL')
return 1
