--[[
Adds to the counts of reasons. A reason that is new where there are as many as may be is counted under another name.
KEYS  1 counts (hash reason → count)
ARGV  1 how many reasons there may be  2 the name for the rest  3… reason and count, in turn
Result nothing
]]
for at = 3, #ARGV, 2 do
  local reason = ARGV[at]
  if redis.call('HEXISTS', KEYS[1], reason) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[1]) then
    reason = ARGV[2]
  end
  redis.call('HINCRBY', KEYS[1], reason, ARGV[at + 1])
end
