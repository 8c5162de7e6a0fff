-- Puts webhooks that no call made at the end of a lane.
-- KEYS 1 clock offset, 2 due lanes, 3 leased lanes, 4 outbox of the lane
-- ARGV 1 lane, then the webhooks
-- Result: how many wait in the lane now
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(redis.call('GET', KEYS[1]) or 0)
local waiting = 0
for at = 2, #ARGV do
  waiting = redis.call('RPUSH', KEYS[4], ARGV[at])
end
if waiting > 0 and not redis.call('ZSCORE', KEYS[3], ARGV[1]) then redis.call('ZADD', KEYS[2], 'NX', now, ARGV[1]) end
return waiting
