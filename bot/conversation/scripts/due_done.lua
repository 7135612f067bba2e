-- The end of somebody's work on an item: nothing more to do, or again later. What changed meanwhile is due as it became.
-- KEYS  1 due  2 taken  3 items  4 tries  5 a set that a finished item leaves (only where there is one)
-- ARGV  1 item  2 the body it had  3 the body it gets, or '' for none  4 when it is due again  5 '1': the tries begin anew
--       6 time to live (s)
-- Returns 1, or 0 when it is no longer this item.
local body = redis.call('HGET', KEYS[3], ARGV[1])
if body ~= ARGV[2] or not redis.call('ZSCORE', KEYS[2], ARGV[1]) then
  if body and body ~= ARGV[2] and redis.call('ZREM', KEYS[2], ARGV[1]) == 1 then
    redis.call('ZADD', KEYS[1], 'NX', ARGV[3] == '' and 0 or ARGV[4], ARGV[1])
    redis.call('HDEL', KEYS[4], ARGV[1])
    if redis.call('TTL', KEYS[1]) < tonumber(ARGV[6]) then redis.call('EXPIRE', KEYS[1], ARGV[6]) end
  end
  return 0
end
redis.call('ZREM', KEYS[2], ARGV[1])
if ARGV[3] == '' or ARGV[5] == '1' then redis.call('HDEL', KEYS[4], ARGV[1]) end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[3], ARGV[1])
  if KEYS[5] then redis.call('SREM', KEYS[5], ARGV[1]) end
else
  redis.call('HSET', KEYS[3], ARGV[1], ARGV[3])
  redis.call('ZADD', KEYS[1], ARGV[4], ARGV[1])
  for _, key in ipairs({KEYS[1], KEYS[3], KEYS[4]}) do
    if redis.call('TTL', key) < tonumber(ARGV[6]) then redis.call('EXPIRE', key, ARGV[6]) end
  end
end
return 1
