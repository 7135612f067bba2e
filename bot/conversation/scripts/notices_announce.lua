-- Something was announced: to do for a clerk when somebody follows it; and remembered a short while, for who asks just then.
-- KEYS  1 followers of the name  2 due  3 items  4 recent  5 announced  6 names of `recent`, by time
-- ARGV  1 item  2 item's body  3 due  4 most that may wait, and that are remembered  5 time to live of an item (s)  6 of `recent` (s)
-- Returns kept | nobody | full
local followed = redis.call('SCARD', KEYS[1]) > 0
if followed and redis.call('HEXISTS', KEYS[3], ARGV[1]) == 0 and redis.call('SCARD', KEYS[5]) >= tonumber(ARGV[4]) then
  return 'full'
end
if tonumber(ARGV[6]) > 0 then
  redis.call('SET', KEYS[4], ARGV[2], 'EX', ARGV[6])
  redis.call('ZADD', KEYS[6], redis.call('TIME')[1], KEYS[4])
  redis.call('EXPIRE', KEYS[6], ARGV[6])
  local over = redis.call('ZCARD', KEYS[6]) - tonumber(ARGV[4])
  for i, value in ipairs(over > 0 and redis.call('ZPOPMIN', KEYS[6], over) or {}) do
    if i % 2 == 1 then redis.call('DEL', value) end  -- every second value is a time
  end
end
if not followed then return 'nobody' end
if redis.call('HEXISTS', KEYS[3], ARGV[1]) == 1 then return 'kept' end
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
redis.call('SADD', KEYS[5], ARGV[1])
for _, key in ipairs({KEYS[2], KEYS[3], KEYS[5]}) do
  if redis.call('TTL', key) < tonumber(ARGV[5]) then redis.call('EXPIRE', key, ARGV[5]) end
end
return 'kept'
