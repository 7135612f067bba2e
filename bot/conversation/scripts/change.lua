-- Events from anyone but citizen and brain, and every change of owner but the one at the end of a turn.
-- KEYS  1 meta  2 log  3 inbox  4 turns  5 feed  6 cids  7 waiting  8 active  9 closed  10 tracker  11 assigned  12 pending
--       13 handled  14 waits  15 devices  16 due, 17 taken and 18 items of the conversations with news for devices
-- ARGV  1 conversation  2 how (JSON, all values are strings, '' for none)  3... event bodies
--       how: owner, agent: what it must have; pending: the postponed act it must have; to, to_agent, to_name: new owner;
--       team: new team; most: conversations that to_agent may have; cid; ttl (s); turn '1': the last event becomes a turn of the
--       bot; on '1': the agent goes on, so nothing is postponed any more; kept: figures kept per municipality;
--       asks: place of the last body that asks something
-- Returns {outcome, seq of the last event, owner, agent, agent's name}: done | again | gone | refused | full
local how = cjson.decode(ARGV[2])
local meta = redis.call('HMGET', KEYS[1], 'owner', 'agent', 'agent_name', 'queued_at', 'assigned_at', 'pending', 'priority')
if not meta[1] then return {'gone', 0, '', '', ''} end
local agent, name = meta[2] or '', meta[3] or ''
if how.cid ~= '' then
  local seen = redis.call('HGET', KEYS[6], how.cid)
  if seen then return {'again', tonumber(string.match(seen, '^(%d+)')), meta[1], agent, name} end
end
if (how.owner ~= '' and meta[1] ~= how.owner) or (how.agent ~= '' and agent ~= how.agent)
    or (how.pending ~= '' and (meta[6] or '') ~= how.pending) then
  return {'refused', 0, meta[1], agent, name}
end
if how.most ~= '' and how.to_agent ~= '' then
  local has = 0
  for _, other in ipairs(redis.call('HVALS', KEYS[11])) do if other == how.to_agent then has = has + 1 end end
  if has >= tonumber(how.most) then return {'full', 0, meta[1], agent, name} end
end
local seq = redis.call('LLEN', KEYS[2])
if how.asks ~= '' then redis.call('HSET', KEYS[1], 'question', seq + tonumber(how.asks)) end
for i = 3, #ARGV do seq = redis.call('RPUSH', KEYS[2], ARGV[i]) end
if how.cid ~= '' then redis.call('HSET', KEYS[6], how.cid, seq .. ':') end
if (how.to ~= '' or how.on == '1') and (meta[6] or '') ~= '' then
  redis.call('HDEL', KEYS[1], 'pending', 'pending_at')
  redis.call('ZREM', KEYS[12], ARGV[1])
  redis.call('XADD', KEYS[5], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1], 'e', 'pending')
end
if how.team ~= '' then redis.call('HSET', KEYS[1], 'team', how.team) end
if how.to ~= '' then
  local time = redis.call('TIME')
  local now = string.format('%d.%06d', time[1], time[2])
  local function figure(key, since, more)
    if not since or since == '' then return end
    redis.call('LPUSH', key, string.format('%s %.1f%s', now, now - since, more))
    redis.call('LTRIM', key, 0, tonumber(how.kept) - 1)
  end
  -- Only the first claim of a stay: what comes after it was no waiting alone.
  local first = tonumber(meta[5] or 0) < tonumber(meta[4] or 0)
  if meta[1] == 'queue' and how.to == 'agent' and first then figure(KEYS[14], meta[4], ' ' .. (redis.call('HGET', KEYS[1], 'team') or '')) end
  if meta[1] == 'agent' and how.to == 'bot' then figure(KEYS[13], meta[5], '') end
  redis.call('HSET', KEYS[1], 'owner', how.to, 'agent', how.to_agent, 'agent_name', how.to_name)
  for i = 7, 9 do redis.call('ZREM', KEYS[i], ARGV[1]) end
  redis.call('HDEL', KEYS[11], ARGV[1])
  if how.to == 'queue' then
    local queued = (meta[4] and meta[4] ~= '' and meta[4] ~= '0') and meta[4] or now
    redis.call('HSET', KEYS[1], 'queued_at', queued)
    redis.call('ZADD', KEYS[7], string.format('%.6f', queued - (meta[7] == '1' and 86400 or 0)), ARGV[1])
  elseif how.to == 'agent' then
    redis.call('HSET', KEYS[1], 'assigned_at', now)
    redis.call('HSET', KEYS[11], ARGV[1], how.to_agent)
    redis.call('ZADD', KEYS[8], now, ARGV[1])
  end
  if how.to == 'bot' then redis.call('HDEL', KEYS[1], 'form') end -- what a form held was for the agent
  if how.to == 'bot' and meta[5] then -- an agent had it once: who only waited is in no list afterwards, and can't crowd others out
    redis.call('ZADD', KEYS[9], now, ARGV[1])
  end
end
if how.turn == '1' then
  redis.call('RPUSH', KEYS[3], seq)
  if redis.call('HGET', KEYS[1], 'scheduled') ~= '1' then
    redis.call('HSET', KEYS[1], 'scheduled', '1')
    redis.call('XADD', KEYS[4], '*', 'c', ARGV[1])
  end
end
if redis.call('EXISTS', KEYS[15]) == 1 then -- in the same step as the event: no death in between can lose the push
  redis.call('HSET', KEYS[18], ARGV[1], '{"conv":"' .. ARGV[1] .. '","seq":' .. seq .. '}')
  if not redis.call('ZSCORE', KEYS[17], ARGV[1]) then -- who has it at the moment finds that it changed
    local time = redis.call('TIME')
    redis.call('ZADD', KEYS[16], 'NX', string.format('%d.%06d', time[1], time[2]), ARGV[1])
  end
  for _, key in ipairs({KEYS[16], KEYS[18]}) do
    if redis.call('TTL', key) < tonumber(how.ttl) then redis.call('EXPIRE', key, how.ttl) end
  end
end
redis.call('XADD', KEYS[5], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1])
for _, key in ipairs({KEYS[1], KEYS[2], KEYS[3], KEYS[6], KEYS[10], KEYS[15]}) do redis.call('EXPIRE', key, how.ttl) end
return {'done', seq, how.to ~= '' and how.to or meta[1], agent, name}
