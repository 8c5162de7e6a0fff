-- Opens one call: reads the clock, the client and the faults that strike it, in one trip.
-- KEYS 1 clock offset, 2 faults, 3 client hash, 4 unread hash
-- ARGV 1 client, 2 profile, 3 phone number id, 4 fault kinds that may strike, each between spaces
-- Result {now ms, name, ms of the client's last message, pair limit time, ms of the newest message the business marked
--         read, unread id and record alternating, faults}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(redis.call('GET', KEYS[1]) or 0)

local struck = {}
if redis.call('EXISTS', KEYS[2]) == 1 then
  local faults = {}
  for _, text in ipairs(redis.call('HVALS', KEYS[2])) do
    faults[#faults + 1] = cjson.decode(text)
  end
  table.sort(faults, function(a, b) return tonumber(a.id) < tonumber(b.id) end)
  local outcome = { http_500 = true, drop_answer = true, error_code = true, fail_status = true }
  local decided = false
  for _, fault in ipairs(faults) do
    local ours = (not fault.client or fault.client == ARGV[1])
      and (not fault.profile or fault.profile == ARGV[2])
      and string.find(ARGV[4], ' ' .. fault.kind .. ' ', 1, true)
    if ours and not (outcome[fault.kind] and decided) then
      decided = decided or outcome[fault.kind]
      struck[#struck + 1] = cjson.encode(fault)
      if fault.times and fault.kind ~= 'hold_statuses' then
        fault.times = fault.times - 1
        if fault.times < 1 then
          redis.call('HDEL', KEYS[2], fault.id)
        else
          redis.call('HSET', KEYS[2], fault.id, cjson.encode(fault))
        end
      end
    end
  end
end

local number = ARGV[3]
local client = redis.call('HMGET', KEYS[3], 'name', 'from:' .. number, 'pair:' .. number, 'seen:' .. number)
return { tostring(now), client[1], client[2], client[3], client[4], redis.call('HGETALL', KEYS[4]), struck }
