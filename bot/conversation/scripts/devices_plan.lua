-- There is something to tell a device: due in its lane, once, and never while somebody is telling it something older.
-- KEYS  1 devices  2 due  3 taken  4 items  5 tries
-- ARGV  1 device  2 item  3 item's body  4 its seq  5 due (s)  6 time to live (s)
-- Returns 1, or 0 when the device was told as much before, or isn't there any more.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
if tonumber(redis.call('HGET', KEYS[1], 'sent:' .. ARGV[1]) or 0) >= tonumber(ARGV[4]) then return 0 end
local before = redis.call('HGET', KEYS[4], ARGV[2])
if before and cjson.decode(before).seq >= tonumber(ARGV[4]) then return 0 end
redis.call('HSET', KEYS[4], ARGV[2], ARGV[3])
if not redis.call('ZSCORE', KEYS[3], ARGV[2]) then
  redis.call('HDEL', KEYS[5], ARGV[2])
  redis.call('ZADD', KEYS[2], 'NX', ARGV[5], ARGV[2]) -- what waits because it had to, goes on waiting
end
for _, key in ipairs({KEYS[2], KEYS[4]}) do
  if redis.call('TTL', key) < tonumber(ARGV[6]) then redis.call('EXPIRE', key, ARGV[6]) end
end
return 1
