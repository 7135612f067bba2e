-- The citizen goes to the broker; an earlier visit of the same link no longer counts.
-- KEYS  1 login   ARGV  1 seed of the link  2 digest of the browser's cookie  3 time (ms) that must be left
-- Returns 1, or 0 when the link is too old or another one came.
if redis.call('HGET', KEYS[1], 'seed') ~= ARGV[1] then return 0 end
if redis.call('PTTL', KEYS[1]) <= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], 'browser', ARGV[2])
return 1
