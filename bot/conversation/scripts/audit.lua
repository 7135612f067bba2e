-- Add an entry to an audit log, and let go of what is too old or too much.
-- KEYS: the stream. ARGV: the entry, how long entries stay (milliseconds), how many at most.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local keep = tonumber(ARGV[2])
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'entry', ARGV[1])
redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f', now - keep))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', keep))
return id
