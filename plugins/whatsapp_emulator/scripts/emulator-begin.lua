-- Opens one call: reads the clock, the client and the faults that strike it, in one trip.
-- KEYS 1 clock offset, 2 faults, 3 client hash, 4 unread hash, 5 settings of business numbers
-- ARGV 1 client, 2 profile, 3 fault kinds that may strike, each between spaces, 4 what the call is about, 5 phone number id
-- Result {now ms, the client's fields and values alternating, unread id and record alternating, '1' where the number checks
--         identity keys, faults}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(redis.call('GET', KEYS[1]) or 0)

local struck = {}
if redis.call('EXISTS', KEYS[2]) == 1 then
  local faults = {}
  for _, text in ipairs(redis.call('HVALS', KEYS[2])) do
    faults[#faults + 1] = cjson.decode(text)
  end
  table.sort(faults, function(a, b) return tonumber(a.id) < tonumber(b.id) end)
  local outcome = { http_500 = true, http_error = true, drop_request = true, drop_answer = true, bad_answer = true, error_code = true, fail_status = true }
  local decided = false
  for _, fault in ipairs(faults) do
    local ours = (not fault.client or fault.client == ARGV[1])
      and (not fault.profile or fault.profile == ARGV[2])
      and (fault.on == 'all' or fault.kind == 'media_redirect' or (fault.on or 'messages') == ARGV[4])
      and string.find(ARGV[3], ' ' .. fault.kind .. ' ', 1, true)
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

local client, unread = redis.call('HGETALL', KEYS[3]), redis.call('HGETALL', KEYS[4])
return { tostring(now), client, unread, redis.call('HGET', KEYS[5], ARGV[5] .. ':identity_key_check'), struck }
