--[[
Deletes a contact and frees its contact points, if the record is still as it was read.
KEYS  1 contact  2 index of contacts  3.. contact points
ARGV  1 contactuuid  2 record as read
Result {'done'}
       {'changed'}   the record is another one by now, or gone: read it again
]]
if redis.call('GET', KEYS[1]) ~= ARGV[2] then
  return { 'changed' }
end
for index = 3, #KEYS do
  if redis.call('GET', KEYS[index]) == ARGV[1] then
    redis.call('DEL', KEYS[index])
  end
end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return { 'done' }
