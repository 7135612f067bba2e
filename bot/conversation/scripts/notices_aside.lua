-- What was withdrawn stays for a while, to bring it back; not for a conversation that was erased meanwhile.
-- KEYS  1 meta  2 aside   ARGV  1 entries (JSON)  2 time to live (s)
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2]) end
return 1
