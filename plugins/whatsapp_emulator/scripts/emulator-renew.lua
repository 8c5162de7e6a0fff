-- Renews leases whose posts still wait for an answer.
-- KEYS 1 leased lanes, 2 lease holders
-- ARGV 1 lease ms, then lane and holder of each lease
-- Result: number of leases that still have that holder
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
local kept = 0
for at = 2, #ARGV, 2 do
  if redis.call('HGET', KEYS[2], ARGV[at]) == ARGV[at + 1] then
    redis.call('ZADD', KEYS[1], 'XX', ends, ARGV[at])
    kept = kept + 1
  end
end
return kept
