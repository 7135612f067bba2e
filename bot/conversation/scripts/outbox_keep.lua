-- Keep what must be written to the contact register, and take it at once: whoever keeps it writes it first.
-- KEYS  1 items  2 since  3 taken  4 the reference that this request has (only for a request)
-- ARGV  1 reference  2 body (sealed)  3 when it came (s)  4 lease (s)  5 most items  6 time to live of KEYS 4 (s)
-- Returns {new} | {known, reference, body or ''}: this request was kept before; without a body it is done
--         | {held, reference, body}: there is something with this reference already | {full}
local known = KEYS[4] and redis.call('GET', KEYS[4])
if known then return {'known', known, redis.call('HGET', KEYS[1], known) or ''} end
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held then return {'held', ARGV[1], held} end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[5]) then return {'full'} end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
redis.call('ZADD', KEYS[3], tonumber(time[1]) + tonumber(time[2]) / 1000000 + tonumber(ARGV[4]), ARGV[1])
if KEYS[4] then redis.call('SET', KEYS[4], ARGV[1], 'EX', ARGV[6]) end
return {'new'}
