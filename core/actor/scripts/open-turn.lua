--[[
Begins a turn: reads what the actor has and counts the run of each letter taken, so that a letter which kills the process
is counted too. A letter that was begun before is taken alone: the ones around it must not suffer for it.
KEYS  1 actor  2 mailbox  3 outbox  4 attempts  5 clock offset
ARGV  1 letters at most
Result {now in ms, version, state or false, [letters], [attempts of each], [outbox entries]}
]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(redis.call('GET', KEYS[5]) or '0')
local record = redis.call('HMGET', KEYS[1], 'version', 'state')
local letters = redis.call('LRANGE', KEYS[2], 0, tonumber(ARGV[1]) - 1)
local taken, attempts = {}, {}
for index, letter in ipairs(letters) do
  local id = string.match(letter, '^[^\n]*')
  local begun = redis.call('HINCRBY', KEYS[4], id, 1)
  if begun > 1 and index > 1 then
    redis.call('HINCRBY', KEYS[4], id, -1)
    break
  end
  taken[index] = letter
  attempts[index] = begun
  if begun > 1 then break end
end
return { string.format('%.0f', now), record[1] or '0', record[2], taken, attempts, redis.call('LRANGE', KEYS[3], 0, -1) }
