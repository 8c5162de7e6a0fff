--[[
Makes a contact and takes its contact points, or does nothing.
KEYS  1 contact  2 index of contacts  3.. contact points
ARGV  1 contactuuid  2 record (JSON)  3 now, ms
Result {'made'}
       {'exists'}            this very contact is there already, with these points: the script ran before
       {'taken', n, owner}   the n-th point is another contact's
       {'id_taken'}          the id is a contact's that does not have these points
]]
local ownAll = true
for index = 3, #KEYS do
  local owner = redis.call('GET', KEYS[index])
  if owner and owner ~= ARGV[1] then
    return { 'taken', index - 2, owner }
  end
  ownAll = ownAll and owner == ARGV[1]
end
if redis.call('EXISTS', KEYS[1]) == 1 then
  return { ownAll and 'exists' or 'id_taken' }
end
for index = 3, #KEYS do
  redis.call('SET', KEYS[index], ARGV[1])
end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
return { 'made' }
