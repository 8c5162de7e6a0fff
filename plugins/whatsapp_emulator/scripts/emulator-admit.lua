-- Admits one send under the limits that are played: the throughput of the number, then the pair limit of number and client.
-- A send that is refused takes nothing of either.
-- KEYS 1 clock offset, 2 sends of the number in the last second (sorted set), 3 client hash
-- ARGV 1 phone number id, 2 sends in a second or 0 for any, 3 ms for one message to a client or 0 for any, 4 messages that
--      may be sent ahead of time, 5 an id for this send
-- Result: 0, or the code 130429 or 131056
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(redis.call('GET', KEYS[1]) or 0)
local perSecond, interval, burst = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

if perSecond > 0 then
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - 1000)
  if redis.call('ZCARD', KEYS[2]) >= perSecond then return 130429 end
end

if interval > 0 then
  -- kept as one time: when everything sent so far has been sent at the allowed rate
  local field = 'pair:' .. ARGV[1]
  local paidAt = math.max(tonumber(redis.call('HGET', KEYS[3], field) or 0), now) + interval
  if paidAt - now > burst * interval then return 131056 end
  redis.call('HSET', KEYS[3], field, string.format('%.0f', paidAt))
end

if perSecond > 0 then
  redis.call('ZADD', KEYS[2], now, ARGV[5])
  redis.call('PEXPIRE', KEYS[2], 2000)
end
return 0
