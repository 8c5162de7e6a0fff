--[[
One look at all work at once, so that what moves from one place to another is in one of them.
KEYS  1 clock offset  2 mail (actors with work)
      then for each queue: its meta, wait, active, prioritized and delayed
      then sorted sets of further work by when it is due (ms, product clock), then sorted sets of which every member is at work
ARGV  1 number of queues  2 number of sets by due time  3 number of sets at work
      then for each kind of actor: kind, begin of its queue's keys (BullMQ's `de:` keys stand under it)
Result {when the next thing that waits for its time is due, ms on the product clock, or '', now on that clock,
        [what is under way, 20 at most]}
]]
local time = redis.call('TIME')
local real = time[1] * 1000 + math.floor(time[2] / 1000)
local offset = tonumber(redis.call('GET', KEYS[1]) or '0')
local now = real + offset
local found, nextDue = {}, nil
local function underWay(what)
  if #found < 20 then found[#found + 1] = what end
end
local function waits(due)
  if not nextDue or due < nextDue then nextDue = due end
end

local queues, dueSets, busySets = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
for queue = 1, queues do
  local first = 3 + (queue - 1) * 5
  local isPaused = redis.call('HEXISTS', KEYS[first], 'paused') == 1
  local waiting = isPaused and 0 or redis.call('LLEN', KEYS[first + 1]) + redis.call('ZCARD', KEYS[first + 3])
  if waiting > 0 then underWay(KEYS[first + 1]) end
  if redis.call('LLEN', KEYS[first + 2]) > 0 then underWay(KEYS[first + 2]) end
  local delayed = redis.call('ZRANGE', KEYS[first + 4], 0, 0, 'WITHSCORES')
  if delayed[2] then
    local due = math.floor(tonumber(delayed[2]) / 4096)
    if due <= real then underWay(KEYS[first + 4]) else waits(due + offset) end
  end
end

local at = 3 + queues * 5
for set = at, at + dueSets - 1 do
  local head = redis.call('ZRANGE', KEYS[set], 0, 0, 'WITHSCORES')
  if head[2] then
    if tonumber(head[2]) <= now then underWay(KEYS[set]) else waits(tonumber(head[2])) end
  end
end
for set = at + dueSets, at + dueSets + busySets - 1 do
  if redis.call('ZCARD', KEYS[set]) > 0 then underWay(KEYS[set]) end
end

local begins = {}
for pair = 4, #ARGV, 2 do begins[ARGV[pair]] = ARGV[pair + 1] end
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 200)) do
  local kind, id = string.match(member, '^([^|]*)|(.*)$')
  local begin = begins[kind]
  -- A turn that failed has its job among the delayed: it waits, and is not under way.
  local job = begin and redis.call('GET', begin .. 'de:' .. id)
  local isPaused = begin and redis.call('HEXISTS', begin .. 'meta', 'paused') == 1
  if begin and not isPaused and not (job and redis.call('ZSCORE', begin .. 'delayed', job)) then underWay(member) end
end
return { nextDue and string.format('%.0f', nextDue) or '', string.format('%.0f', now), found }
