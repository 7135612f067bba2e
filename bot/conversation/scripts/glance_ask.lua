-- Somebody at the desk wants to know what a message may be about. The request says where the message is, never what it says.
-- KEYS  1 meta  2 glances of the conversation  3 stream of requests
-- ARGV  1 conversation  2 seq  3 time a request waits (ms)  4 time to live (s)  5 most kept of the conversation
--       6 most requests that wait
-- Returns {state, answer}: done | asked | gone
if redis.call('EXISTS', KEYS[1]) == 0 then return {'gone', ''} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HGET', KEYS[2], ARGV[2])
if known and string.sub(known, 1, 1) ~= '?' then return {'done', known} end
if known and now - tonumber(string.sub(known, 2)) < tonumber(ARGV[3]) then return {'asked', ''} end
if not known and redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[5]) then
  local oldest
  for _, seq in ipairs(redis.call('HKEYS', KEYS[2])) do
    if not oldest or tonumber(seq) < tonumber(oldest) then oldest = seq end
  end
  redis.call('HDEL', KEYS[2], oldest)
end
redis.call('HSET', KEYS[2], ARGV[2], '?' .. string.format('%d', now))
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('XADD', KEYS[3], 'MAXLEN', ARGV[6], '*', 'c', ARGV[1], 'n', ARGV[2])
return {'asked', ''}
