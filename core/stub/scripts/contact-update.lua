--[[
Replaces a contact's record and its contact points, if the record is still as it was read.
KEYS  1 contact  2.. contact points to have  then contact points to give up
ARGV  1 contactuuid  2 record as read  3 new record  4 how many of the points are to have
Result {'done'}
       {'changed'}           the record is another one by now, or gone: read it again
       {'taken', n, owner}   the n-th point to have is another contact's
]]
if redis.call('GET', KEYS[1]) ~= ARGV[2] then
  return { 'changed' }
end
local last = 1 + tonumber(ARGV[4])
for index = 2, last do
  local owner = redis.call('GET', KEYS[index])
  if owner and owner ~= ARGV[1] then
    return { 'taken', index - 1, owner }
  end
end
for index = last + 1, #KEYS do
  if redis.call('GET', KEYS[index]) == ARGV[1] then
    redis.call('DEL', KEYS[index])
  end
end
for index = 2, last do
  redis.call('SET', KEYS[index], ARGV[1])
end
redis.call('SET', KEYS[1], ARGV[3])
return { 'done' }
