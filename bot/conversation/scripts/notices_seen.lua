-- What a conversation was told last, while it still follows and its entry is the one that was read.
-- KEYS  1 notices   ARGV  1 name  2 the entry it had  3 the entry it gets
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
