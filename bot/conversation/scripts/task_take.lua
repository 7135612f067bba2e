-- An agent takes a task for a while, or keeps it. KEYS 1 task   ARGV 1 agent's id  2 agent (JSON)  3 time to live (s)
-- Returns the agent (JSON) who has it now.
local held = redis.call('GET', KEYS[1])
if held and cjson.decode(held).id ~= ARGV[1] then return held end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return ARGV[2]
