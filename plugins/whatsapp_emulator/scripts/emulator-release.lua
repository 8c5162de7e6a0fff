-- Lets a lane's held statuses go: they join its outbox in the order they were held.
-- KEYS 1 clock offset, 2 due lanes, 3 leased lanes, 4 held statuses of the lane, 5 outbox of the lane, 6 lanes with held statuses
-- ARGV 1 lane
-- Result: how many went
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(redis.call('GET', KEYS[1]) or 0)
local count = 0
while true do
  local webhook = redis.call('LPOP', KEYS[4])
  if not webhook then break end
  redis.call('RPUSH', KEYS[5], webhook)
  count = count + 1
end
redis.call('SREM', KEYS[6], ARGV[1])
if count > 0 and not redis.call('ZSCORE', KEYS[3], ARGV[1]) then redis.call('ZADD', KEYS[2], 'NX', now, ARGV[1]) end
return count
