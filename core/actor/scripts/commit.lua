--[[
Commits a step of a turn, all or nothing, if the actor is still as the turn found it.
KEYS  1 actor  2 mailbox  3 outbox  4 attempts  5 mail (actors with work)  6 clock offset  7.. keys of tells and writes
ARGV  1 `kind|id`  2 expected version  3 id of the commit  4 `keep`, `set` or `forget` the state  5 state
      6 wake at, ms, or ''  7 outbox entries done  8 how long marks of letters are kept, ms
      9 n, then n × (index of a hash's key, field, value): what must hold; '' is no such field
      n, then n ids: the letters done, from the head
      n, then n ids: letters that were taken for the first time and not reached; their runs are no longer counted
      n, then n outbox entries to append
      n, then n × (index of mailbox key, index of mark key, `kind|id`, letter id, body, urgent `0` or `1`)
      n, then n × (count of arguments, command, index of key, arguments…)
Result {0}: the actor, or what must hold, has moved on; nothing was done. Where it is what must hold, the runs of the letters
       are no longer counted: they have not failed.
       {1, version, letters left, now in ms, [tells, from 0, whose actors have letters waiting already and need no wake]}
]]
local at = 8
local function take()
  at = at + 1
  return ARGV[at]
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(redis.call('GET', KEYS[6]) or '0')
local nowText = string.format('%.0f', now)

local found = redis.call('HMGET', KEYS[1], 'version', 'commit')
local version = tonumber(found[1] or '0')
if found[2] == ARGV[3] then
  return { 1, version, redis.call('LLEN', KEYS[2]), nowText } -- this very commit, sent again after a lost answer
end
if version ~= tonumber(ARGV[2]) then
  return { 0 }
end
local holds = true
for _ = 1, tonumber(take()) do
  local key, field, value = KEYS[tonumber(take())], take(), take()
  holds = holds and (redis.call('HGET', key, field) or '') == value
end

local done = tonumber(take())
if done > 0 then
  local first = take()
  local head = redis.call('LINDEX', KEYS[2], 0)
  if not head or string.match(head, '^[^\n]*') ~= first then
    return { 0 }
  end
  local ids = { first }
  for letter = 2, done do
    ids[letter] = take()
  end
  if holds then
    redis.call('HDEL', KEYS[4], unpack(ids))
    redis.call('LTRIM', KEYS[2], done, -1)
  else
    for _, id in ipairs(ids) do
      redis.call('HINCRBY', KEYS[4], id, -1)
    end
  end
end
for _ = 1, tonumber(take()) do
  redis.call('HDEL', KEYS[4], take())
end
if not holds then
  return { 0 }
end

if tonumber(ARGV[7]) > 0 then
  redis.call('LTRIM', KEYS[3], ARGV[7], -1)
end
for _ = 1, tonumber(take()) do
  redis.call('RPUSH', KEYS[3], take())
end

local awake = {}
for tell = 1, tonumber(take()) do
  local mailbox, mark, member, id, body, urgent = KEYS[tonumber(take())], KEYS[tonumber(take())], take(), take(), take(), take()
  if redis.call('SET', mark, '1', 'NX', 'PX', ARGV[8]) then
    local waiting = redis.call('RPUSH', mailbox, id .. '\n' .. nowText .. '\n' .. body)
    if waiting > 1 and urgent ~= '1' then awake[#awake + 1] = tell - 1 end
    if urgent == '1' then
      redis.call('ZADD', KEYS[5], now, member)
    else
      redis.call('ZADD', KEYS[5], 'NX', now, member)
    end
  end
end

for _ = 1, tonumber(take()) do
  local count = tonumber(take())
  local command = { take(), KEYS[tonumber(take())] }
  for argument = 1, count do
    command[argument + 2] = take()
  end
  redis.call(unpack(command))
end

local left = redis.call('LLEN', KEYS[2])
version = version + 1
-- An actor without state must not keep a key: a late letter to an erased person would recreate it, with the number in its name.
local isStateless = ARGV[4] == 'forget' or (ARGV[4] == 'keep' and redis.call('HEXISTS', KEYS[1], 'state') == 0)
if isStateless and left == 0 and redis.call('EXISTS', KEYS[3]) == 0 then
  redis.call('DEL', KEYS[1])
elseif ARGV[4] == 'set' then
  redis.call('HSET', KEYS[1], 'version', version, 'commit', ARGV[3], 'state', ARGV[5])
else
  redis.call('HSET', KEYS[1], 'version', version, 'commit', ARGV[3])
  if ARGV[4] == 'forget' then redis.call('HDEL', KEYS[1], 'state') end
end

if left > 0 or redis.call('EXISTS', KEYS[3]) == 1 then
  redis.call('ZADD', KEYS[5], now, ARGV[1])
elseif ARGV[6] ~= '' then
  redis.call('ZADD', KEYS[5], ARGV[6], ARGV[1])
else
  redis.call('ZREM', KEYS[5], ARGV[1])
end
return { 1, version, left, nowText, awake }
