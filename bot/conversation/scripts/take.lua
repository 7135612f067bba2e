-- A brain takes the first waiting turn of a conversation and gets a lease: a number that only the newest taker holds.
-- KEYS  1 meta  2 log  3 inbox  4 tracker  5 turns
-- ARGV  1 consumer group  2 id of the entry in turns
-- Returns {} when nothing waits, else {lease, tries, seq, event body, tracker, owner, gemeente, channel, locale, caller, about}
local head = redis.call('LINDEX', KEYS[3], 0)
if not head or redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('XACK', KEYS[5], ARGV[1], ARGV[2])
  redis.call('XDEL', KEYS[5], ARGV[2])
  if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'scheduled', '0') end
  return {}
end
local lease = redis.call('HINCRBY', KEYS[1], 'lease', 1)
local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
local body = redis.call('LINDEX', KEYS[2], tonumber(head) - 1)
local meta = redis.call('HMGET', KEYS[1], 'owner', 'gemeente', 'channel', 'locale', 'caller', 'about')
return {lease, tries, tonumber(head), body, redis.call('GET', KEYS[4]) or '',
        meta[1], meta[2] or '', meta[3] or '', meta[4] or '', meta[5] or '', meta[6] or ''}
