--[[
Begins a request under its Idempotency-Key, or says how the one before it stands.
KEYS  1 record
ARGV  1 hash of the body  2 id of this run  3 how long a run counts as under way, ms  4 how long the record is kept, ms
Result {'begun', id}              this run may go on; also when the one before it died on the way. The id is that of the
                                  first run: the same for all that go on under this record
       {'done', status, body}     answer this
       {'in_flight'}              another run is under way
       {'reused'}                 the key came with another body before
]]
local found = redis.call('HMGET', KEYS[1], 'hash', 'status', 'body', 'until')
if found[1] and found[1] ~= ARGV[1] then
  return { 'reused' }
end
if found[2] then
  return { 'done', found[2], found[3] }
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if found[4] and tonumber(found[4]) > now then
  return { 'in_flight' }
end
redis.call('HSET', KEYS[1], 'v', 1, 'hash', ARGV[1], 'run', ARGV[2], 'until', string.format('%.0f', now + ARGV[3]))
if not found[1] then
  redis.call('HSET', KEYS[1], 'first', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return { 'begun', redis.call('HGET', KEYS[1], 'first') or '' }
