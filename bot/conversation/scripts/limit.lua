-- Fixed windows: every key counts one; the first that is over its limit refuses.
-- KEYS counters   ARGV per key: limit, window in seconds
-- Returns 0, or the seconds until the window that refused is over.
for i, key in ipairs(KEYS) do
  local count = redis.call('INCR', key)
  if count == 1 then redis.call('EXPIRE', key, ARGV[2 * i]) end
  if count > tonumber(ARGV[2 * i - 1]) then return math.max(redis.call('TTL', key), 1) end
end
return 0
