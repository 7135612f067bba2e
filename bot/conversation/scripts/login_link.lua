-- The link of a conversation: the one it has while that is fresh, else a new one. Nothing is kept for a conversation that is gone.
-- KEYS  1 meta  2 login   ARGV  1 new seed  2 time to live (ms)  3 time (ms) that must be left  4... names and values besides
-- Returns the seed of the link.
local seed = redis.call('HGET', KEYS[2], 'seed')
if seed and redis.call('PTTL', KEYS[2]) > tonumber(ARGV[3]) then return seed end
if redis.call('EXISTS', KEYS[1]) == 0 then return ARGV[1] end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'seed', ARGV[1], unpack(ARGV, 4))
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return ARGV[1]
