-- A device wants to be told of news, or can be reached in another way than before. With too many the one kept longest ago goes.
-- KEYS  1 meta  2 devices
-- ARGV  1 conversation  2 device  3 how it is reached (JSON, with `lane` and `at`)  4 most devices
--       5 beginning of the names of work lists
-- Returns 1, or 0 when the conversation is gone.
local left = redis.call('PTTL', KEYS[1])
if left == -2 then return 0 end
local function leave(lane, device) -- what was due for it there; returned, when there is something
  local name, item = ARGV[5] .. lane, ARGV[1] .. ':' .. device
  local body = redis.call('HGET', name .. ':items', item)
  redis.call('ZREM', name .. ':due', item)
  redis.call('ZREM', name .. ':taken', item)
  redis.call('HDEL', name .. ':items', item)
  redis.call('HDEL', name .. ':tries', item)
  return body
end
local before, lane = redis.call('HGET', KEYS[2], ARGV[2]), cjson.decode(ARGV[3]).lane
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
if before and cjson.decode(before).lane ~= lane then -- what it must still be told goes the new way
  local body, name, item = leave(cjson.decode(before).lane, ARGV[2]), ARGV[5] .. lane, ARGV[1] .. ':' .. ARGV[2]
  if body then
    redis.call('HSET', name .. ':items', item, body)
    redis.call('ZADD', name .. ':due', 0, item)
    for _, key in ipairs({name .. ':items', name .. ':due'}) do
      if redis.call('PTTL', key) < left then redis.call('PEXPIRE', key, left) end
    end
  end
end
local all, oldest, count = redis.call('HGETALL', KEYS[2]), nil, 0
for i = 1, #all, 2 do
  if string.sub(all[i], 1, 5) ~= 'sent:' then
    count = count + 1
    local kept = cjson.decode(all[i + 1])
    if all[i] ~= ARGV[2] and (not oldest or kept.at < oldest.at) then oldest = {id = all[i], at = kept.at, lane = kept.lane} end
  end
end
if count > tonumber(ARGV[4]) and oldest then
  redis.call('HDEL', KEYS[2], oldest.id, 'sent:' .. oldest.id)
  leave(oldest.lane, oldest.id)
end
if left > 0 then redis.call('PEXPIRE', KEYS[2], left) end
return 1
