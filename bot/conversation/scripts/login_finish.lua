-- The link is used up and the result waits for its code, in one step. An earlier result makes way.
-- KEYS  1 login  2 result   ARGV  1 seed of the link  2 time to live (s)  3... names and values of the result
-- Returns 1, or 0 when the link was used, replaced or erased meanwhile: then nothing is kept.
if redis.call('HGET', KEYS[1], 'seed') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[2], unpack(ARGV, 3))
redis.call('EXPIRE', KEYS[2], ARGV[2])
return 1
