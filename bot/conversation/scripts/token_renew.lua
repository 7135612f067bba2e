-- A new token for who has a valid one. The time to live stays as it is: renewing is nothing that is said.
-- KEYS  1 meta   ARGV  1 hash of the token it is asked with  2 hash of the new one  3 most tokens
-- Returns the milliseconds until the conversation ends, or -1 when the token is not (or no longer) one of it.
local meta = redis.call('HMGET', KEYS[1], 'token', 'tokens')
if not meta[1] then return -1 end
local time = redis.call('TIME')
local now = tonumber(time[1])
local tokens = meta[2] and cjson.decode(meta[2]) or {{hash = meta[1], gen = 0, at = 0, used = true, ['until'] = 0}}
local asked, highest, kept = nil, 0, {}
for _, token in ipairs(tokens) do
  if token['until'] == 0 or token['until'] > now then
    kept[#kept + 1] = token
    if token.used and token.gen > highest then highest = token.gen end
    if token.hash == ARGV[1] then asked = token end
  end
end
if not asked or asked['until'] > 0 then return -1 end -- a token that was replaced must not live on in another one
while #kept >= tonumber(ARGV[3]) do table.remove(kept, kept[1].hash == ARGV[1] and 2 or 1) end
kept[#kept + 1] = {hash = ARGV[2], gen = math.max(asked.gen + 1, highest), at = now, used = false, ['until'] = 0}
redis.call('HSET', KEYS[1], 'tokens', cjson.encode(kept))
return redis.call('PTTL', KEYS[1])
