-- A process takes what is due, under a lease; what a silent one had is due again first.
-- KEYS  1 due  2 taken  3 items  4 tries (only where they are counted)
-- ARGV  1 the present time (s)  2 lease (s)  3 most items  4 time to live of what is taken and of the tries (s; with KEYS 4)
-- Returns {item, body} of each; with KEYS 4 {item, body, tries}.
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
for _, item in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do
  redis.call('ZREM', KEYS[2], item)
  if redis.call('HEXISTS', KEYS[3], item) == 1 then redis.call('ZADD', KEYS[1], 0, item) end
end
local found = {}
for _, item in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  redis.call('ZREM', KEYS[1], item)
  local body = redis.call('HGET', KEYS[3], item)
  if body then
    redis.call('ZADD', KEYS[2], now + tonumber(ARGV[2]), item)
    found[#found + 1] = {item, body, KEYS[4] and redis.call('HINCRBY', KEYS[4], item, 1)}
  end
end
if KEYS[4] then
  for _, key in ipairs({KEYS[2], KEYS[4]}) do
    if redis.call('TTL', key) < tonumber(ARGV[4]) then redis.call('EXPIRE', key, ARGV[4]) end
  end
end
return found
