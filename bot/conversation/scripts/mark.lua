-- A field of a conversation that only goes up, such as what somebody has read; nothing when the conversation is gone.
-- KEYS  1 meta  2 feed
-- ARGV  1 conversation  2 field  3 value, or '' for the present time  4 signal, or ''  5 '1': only while the bot doesn't have it
-- Returns 1 when it went up.
local meta = redis.call('HMGET', KEYS[1], 'owner', ARGV[2])
if not meta[1] or (ARGV[5] == '1' and meta[1] == 'bot') then return 0 end
local value = ARGV[3]
if value == '' then
  local time = redis.call('TIME')
  value = string.format('%d.%06d', time[1], time[2])
end
if tonumber(meta[2] or '0') >= tonumber(value) then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], value)
if ARGV[4] ~= '' then redis.call('XADD', KEYS[2], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1], 'e', ARGV[4]) end
return 1
