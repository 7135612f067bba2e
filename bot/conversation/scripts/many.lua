-- Many conversations in one answer, packed into a single string: reading thousands of small strings costs more than all the rest.
-- KEYS  metas or logs   ARGV  1 'meta', or how many events of each log, the last
-- Returns MessagePack: of each meta {field, value, …}, or of each log {number of the last event, {event, …}}
local found = {}
for i, key in ipairs(KEYS) do
  if ARGV[1] == 'meta' then
    found[i] = redis.call('HGETALL', key)
  else
    found[i] = {redis.call('LLEN', key), redis.call('LRANGE', key, -tonumber(ARGV[1]), -1)}
  end
end
return cmsgpack.pack(found)
