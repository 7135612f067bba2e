-- A device was told of everything up to an event, or won't be any more; nothing when the device is gone.
-- KEYS  1 devices   ARGV  1 device  2 seq
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
if tonumber(redis.call('HGET', KEYS[1], 'sent:' .. ARGV[1]) or 0) < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], 'sent:' .. ARGV[1], ARGV[2])
end
return 1
