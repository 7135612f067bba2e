-- The browser that started comes back: once.
-- KEYS  1 login   ARGV  1 digest of the browser's cookie
-- Returns the seed of the link, or false.
if redis.call('HGET', KEYS[1], 'browser') ~= ARGV[1] then return false end
redis.call('HDEL', KEYS[1], 'browser')
return redis.call('HGET', KEYS[1], 'seed')
