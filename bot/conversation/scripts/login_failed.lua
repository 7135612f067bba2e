-- Somebody logged in and the cases could not be had: told once, and again to the turn that was told it.
-- KEYS  1 result   ARGV  1 key of the turn
-- Returns 1 when this turn may tell it.
local body, used = unpack(redis.call('HMGET', KEYS[1], 'body', 'used'))
if body ~= 'null' or (used and used ~= ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'used', ARGV[1])
return 1
