-- Leases lanes whose next webhook is due, so that no two processes post for one lane at a time.
-- A lease runs on Redis' own time: moving the product's clock must not end it.
-- KEYS 1 clock offset, 2 due lanes, 3 leased lanes, 4 lease holders, 5 outbox keys without the lane (all in one slot)
-- ARGV 1 lanes at most, 2 lease ms, 3 holder
-- Result: lane and what of it shares the next POST, one webhook a line, alternating
local time = redis.call('TIME')
local real = time[1] * 1000 + math.floor(time[2] / 1000)
local now = real + tonumber(redis.call('GET', KEYS[1]) or 0)

for _, lane in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', real, 'LIMIT', 0, 1000)) do
  redis.call('ZREM', KEYS[3], lane)
  redis.call('HDEL', KEYS[4], lane)
  redis.call('ZADD', KEYS[2], now, lane)
end

local taken = {}
for _, lane in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[1])) do
  redis.call('ZREM', KEYS[2], lane)
  local size = tonumber(string.match(lane, '/batch%-(%d+)')) or 1
  local webhooks = redis.call('LRANGE', KEYS[5] .. lane, 0, size - 1)
  if #webhooks > 0 then
    redis.call('ZADD', KEYS[3], real + ARGV[2], lane)
    redis.call('HSET', KEYS[4], lane, ARGV[3])
    taken[#taken + 1] = lane
    taken[#taken + 1] = table.concat(webhooks, '\n')
  end
end
return taken
