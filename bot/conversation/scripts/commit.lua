-- The end of a turn, in one step: answer, redactions, tracker, owner, mailbox. Refused when the lease is not the newest.
-- KEYS  1 meta  2 log  3 inbox  4 tracker  5 turns  6 feed  7 cids  8 waiting  9 closed  10 picks  11 picked
-- ARGV  1 conversation  2 consumer group  3 id of the entry in turns  4 lease  5 seq of the turn  6 time to live (s)
--       7 tracker  8 new owner, or ''  9 handover as JSON, or ''  10 'question': number (1-based) of the last event that asks, or 0
--       11 pick as JSON, or ''  12 picks kept per conversation  13 conversations with picks kept per municipality
--       14 number (1-based) of the event that is kept once per conversation (rating_request), or 0; none after it asks a question
--       15 number of events, then the event bodies, then pairs (seq, body) of events to replace
-- Returns 1, or 0 when the turn was taken over or the conversation erased.
if redis.call('HGET', KEYS[1], 'lease') ~= ARGV[4] then return 0 end
if redis.call('LINDEX', KEYS[3], 0) ~= ARGV[5] then return 0 end
local first = redis.call('LLEN', KEYS[2])
local count, once = tonumber(ARGV[15]), tonumber(ARGV[14])
for i = 1, count do
  if i ~= once or redis.call('HSETNX', KEYS[1], 'rating', '1') == 1 then redis.call('RPUSH', KEYS[2], ARGV[15 + i]) end
end
for i = 16 + count, #ARGV - 1, 2 do redis.call('LSET', KEYS[2], tonumber(ARGV[i]) - 1, ARGV[i + 1]) end
if ARGV[10] ~= '0' then redis.call('HSET', KEYS[1], 'question', first + tonumber(ARGV[10])) end
redis.call('SET', KEYS[4], ARGV[7])
redis.call('LPOP', KEYS[3])
redis.call('HSET', KEYS[1], 'tries', '0')
if ARGV[8] == 'queue' then
  local time = redis.call('TIME')
  local now = string.format('%d.%06d', time[1], time[2])
  local told = cjson.decode(ARGV[9])
  local first = told.priority == true
  local form = told.form
  told.form = nil
  redis.call('HSET', KEYS[1], 'owner', 'queue', 'agent', '', 'agent_name', '', 'handover', cjson.encode(told), 'queued_at', now,
             'team', type(told.team) == 'string' and told.team or '', 'priority', first and '1' or '0')
  redis.call('HDEL', KEYS[1], 'form')
  if type(form) == 'table' and #form > 0 then redis.call('HSET', KEYS[1], 'form', cjson.encode(form)) end -- goes before the rest
  redis.call('ZADD', KEYS[8], string.format('%.6f', now - (first and 86400 or 0)), ARGV[1]) -- priority goes a day ahead
  redis.call('ZREM', KEYS[9], ARGV[1])
end
if ARGV[11] ~= '' then
  redis.call('RPUSH', KEYS[10], ARGV[11])
  redis.call('LTRIM', KEYS[10], -tonumber(ARGV[12]), -1)
  local time = redis.call('TIME')
  redis.call('ZADD', KEYS[11], string.format('%d.%06d', time[1], time[2]), ARGV[1])
  redis.call('ZREMRANGEBYRANK', KEYS[11], 0, -tonumber(ARGV[13]) - 1)
  redis.call('EXPIRE', KEYS[11], ARGV[6])
end
redis.call('XACK', KEYS[5], ARGV[2], ARGV[3])
redis.call('XDEL', KEYS[5], ARGV[3])
if redis.call('LLEN', KEYS[3]) > 0 then
  redis.call('XADD', KEYS[5], '*', 'c', ARGV[1])
else
  redis.call('HSET', KEYS[1], 'scheduled', '0')
end
redis.call('XADD', KEYS[6], 'MAXLEN', '~', 10000, '*', 'c', ARGV[1])
for _, key in ipairs({KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[7], KEYS[10]}) do redis.call('EXPIRE', key, ARGV[6]) end
return 1
