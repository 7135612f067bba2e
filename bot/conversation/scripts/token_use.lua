-- Whether a token is valid now; with the first use of one those of lower generations get an end.
-- KEYS  1 meta   ARGV  1 hash of the token  2 grace (s) that those before it have from the moment it was given
-- Returns 1 when it is valid.
local raw = redis.call('HGET', KEYS[1], 'tokens')
if not raw then return 0 end
local time = redis.call('TIME')
local now = tonumber(time[1])
local tokens = cjson.decode(raw)
local used = nil
for _, token in ipairs(tokens) do if token.hash == ARGV[1] then used = token end end
if not used or (used['until'] ~= 0 and used['until'] <= now) then return 0 end
if not used.used then
  used.used = true
  local kept = {}
  for _, token in ipairs(tokens) do
    if token.gen < used.gen and token['until'] == 0 then token['until'] = used.at + tonumber(ARGV[2]) end
    if token['until'] == 0 or token['until'] > now then kept[#kept + 1] = token end
  end
  redis.call('HSET', KEYS[1], 'tokens', cjson.encode(kept))
end
return 1
