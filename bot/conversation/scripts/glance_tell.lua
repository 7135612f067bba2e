-- The answer to a request, for as long as somebody may wait for it: not in a conversation that was erased meanwhile.
-- KEYS  1 glances of the conversation  2 feed   ARGV  1 conversation  2 seq  3 answer (JSON)
-- Returns 1, or 0 when nobody waits for it.
local known = redis.call('HGET', KEYS[1], ARGV[2])
if not known or string.sub(known, 1, 1) ~= '?' then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1], 'e', 'glance:' .. ARGV[2])
return 1
