-- An agent lets go of a task, if they have it. KEYS 1 task   ARGV 1 agent's id
local held = redis.call('GET', KEYS[1])
if held and cjson.decode(held).id == ARGV[1] then redis.call('DEL', KEYS[1]) end
