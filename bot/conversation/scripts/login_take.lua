-- The code was typed. The turn that took the result may take it again: its brain may have died before it answered.
-- KEYS  1 result   ARGV  1 digest of the code  2 key of the turn  3 wrong codes allowed
-- Returns {'ok', result}, {'wrong', codes left}, or {'none'}.
local code, used = unpack(redis.call('HMGET', KEYS[1], 'code', 'used'))
if not code or (used and used ~= ARGV[2]) then return {'none'} end
if code == ARGV[1] then
  redis.call('HSET', KEYS[1], 'used', ARGV[2])
  return {'ok', redis.call('HGET', KEYS[1], 'body')}
end
if redis.call('HGET', KEYS[1], 'tried') ~= ARGV[2] then
  redis.call('HINCRBY', KEYS[1], 'tries', 1)
  redis.call('HSET', KEYS[1], 'tried', ARGV[2])
end
local left = tonumber(ARGV[3]) - tonumber(redis.call('HGET', KEYS[1], 'tries'))
if left > 0 then return {'wrong', left} end
redis.call('DEL', KEYS[1])
return {'none'}
