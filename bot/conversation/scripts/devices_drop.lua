-- A device is told nothing any more, or no device of the conversation is: gone here, and from what is due.
-- KEYS  1 devices  2 due, 3 taken, 4 items and 5 tries of the conversations with news
-- ARGV  1 conversation  2 beginning of the names of work lists  3 device, or '' for all  4 what it must still be, or ''
-- Returns how many were dropped.
local dropped, all = 0, redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local device = all[i]
  if string.sub(device, 1, 5) ~= 'sent:' and (ARGV[3] == '' or device == ARGV[3]) and (ARGV[4] == '' or all[i + 1] == ARGV[4]) then
    local lane, item = ARGV[2] .. cjson.decode(all[i + 1]).lane, ARGV[1] .. ':' .. device
    redis.call('ZREM', lane .. ':due', item)
    redis.call('ZREM', lane .. ':taken', item)
    redis.call('HDEL', lane .. ':items', item)
    redis.call('HDEL', lane .. ':tries', item)
    redis.call('HDEL', KEYS[1], device, 'sent:' .. device)
    dropped = dropped + 1
  end
end
if redis.call('EXISTS', KEYS[1]) == 0 then -- nobody is left to be told
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
  redis.call('HDEL', KEYS[4], ARGV[1])
  redis.call('HDEL', KEYS[5], ARGV[1])
end
return dropped
