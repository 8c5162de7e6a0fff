--[[
Appends a letter to an actor's mailbox, once.
KEYS  1 mailbox  2 mark that the letter is known  3 mail (actors with work)  4 clock offset
ARGV  1 `kind|id`  2 letter id  3 body (JSON)  4 how long the mark is kept, ms  5 `1` for an urgent letter
Result 0 known already (nothing was done), 1 stored and the actor is to be woken, 2 stored behind letters that wait
       already: who stored the first of them wakes the actor, or the sweeper does
]]
if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[4]) then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(redis.call('GET', KEYS[4]) or '0')
local waiting = redis.call('RPUSH', KEYS[1], ARGV[2] .. '\n' .. string.format('%.0f', now) .. '\n' .. ARGV[3])
if ARGV[5] == '1' then
  redis.call('ZADD', KEYS[3], now, ARGV[1])
else
  redis.call('ZADD', KEYS[3], 'NX', now, ARGV[1])
end
if waiting == 1 or ARGV[5] == '1' then return 1 end
return 2
