-- A new conversation with its first event, in one step; one that exists already stays as it is.
-- KEYS  1 meta  2 log   ARGV  1 time to live (s)  2 first event  3... names and values of meta
-- Returns 1 when it was made.
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('RPUSH', KEYS[2], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[1])
return 1
