-- What is kept becomes something else, or is gone. What changed meanwhile stays as it became.
-- KEYS  1 items  2 since  3 due  4 taken  5 the reference that the request has (only to forget it)
-- ARGV  1 reference  2 the body it had  3 the body it gets, or '' for none  4 when it is tried (s), or '' for never
-- Returns 1, or 0 when it is no longer this one.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
  if KEYS[5] then redis.call('DEL', KEYS[5]) end
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
  if ARGV[4] ~= '' then redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1]) end
end
return 1
