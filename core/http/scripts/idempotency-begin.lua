--[[
Begins a request under its Idempotency-Key, or says how the one before it stands.
KEYS  1 record  2 names of all records  3 clock offset
ARGV  1 hash of the body  2 id of this run  3 how long a run counts as under way, ms of Redis' clock
      4 validity of the record, ms of the product clock  5 how long Redis keeps it, ms: longer
Result {'begun', id}              this run may go on; also when the one before it died on the way. The id is that of the
                                  first run: the same for all that go on under this record
       {'done', status, body}     answer this
       {'in_flight'}              another run is under way
       {'reused'}                 the key came with another body before
]]
local time = redis.call('TIME')
local real = time[1] * 1000 + math.floor(time[2] / 1000)
local now = real + tonumber(redis.call('GET', KEYS[3]) or '0')
local expires = redis.call('HGET', KEYS[1], 'expires')
if expires and tonumber(expires) <= now then
  redis.call('DEL', KEYS[1])
end
local found = redis.call('HMGET', KEYS[1], 'hash', 'status', 'body', 'until')
if found[1] and found[1] ~= ARGV[1] then
  return { 'reused' }
end
if found[2] then
  return { 'done', found[2], found[3] }
end
if found[4] and tonumber(found[4]) > real then
  return { 'in_flight' }
end
redis.call('HSET', KEYS[1], 'v', 1, 'hash', ARGV[1], 'run', ARGV[2], 'until', string.format('%.0f', real + ARGV[3]))
if not found[1] then
  redis.call('HSET', KEYS[1], 'first', ARGV[2], 'expires', string.format('%.0f', now + ARGV[4]))
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. string.format('%.0f', real))
  redis.call('ZADD', KEYS[2], string.format('%.0f', real + ARGV[5]), KEYS[1])
end
return { 'begun', redis.call('HGET', KEYS[1], 'first') or '' }
