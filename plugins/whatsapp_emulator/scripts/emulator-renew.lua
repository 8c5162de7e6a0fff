-- Keeps the leases of a holder whose posts still wait for their answers.
-- KEYS 1 leased lanes, 2 lease holders
-- ARGV 1 holder, 2 lease ms, then the lanes
-- Result: how many are still the holder's
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2]
local kept = 0
for at = 3, #ARGV do
  if redis.call('HGET', KEYS[2], ARGV[at]) == ARGV[1] then
    redis.call('ZADD', KEYS[1], 'XX', ends, ARGV[at])
    kept = kept + 1
  end
end
return kept
