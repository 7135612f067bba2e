-- A brain with nothing better to do takes the oldest request that isn't too old; what is too old is dropped unanswered.
-- KEYS  1 stream of requests   ARGV  1 time a request waits (ms)
-- Returns {conversation, seq}, or {} when there is none.
local time = redis.call('TIME')
local oldest = time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(ARGV[1])
redis.call('XTRIM', KEYS[1], 'MINID', string.format('%d', oldest))
local found = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if not found then return {} end
redis.call('XDEL', KEYS[1], found[1])
return {found[2][2], found[2][4]}
