--[[
Makes two contacts one, if both records are still as they were read: the points of the other become the survivor's.
KEYS  1 survivor  2 other  3 index of contacts  4 contacts being merged  5.. contact points of the other
ARGV  1 survivor's contactuuid  2 its record as read  3 its new record
      4 the other's contactuuid  5 its record as read  6 its new record, which leads to the survivor  7 now, ms
Result {'done'}
       {'changed'}   one of the records is another one by now, or gone: read them again
]]
if redis.call('GET', KEYS[1]) ~= ARGV[2] or redis.call('GET', KEYS[2]) ~= ARGV[5] then
  return { 'changed' }
end
for index = 5, #KEYS do
  redis.call('SET', KEYS[index], ARGV[1])
end
redis.call('SET', KEYS[1], ARGV[3])
redis.call('SET', KEYS[2], ARGV[6])
redis.call('ZREM', KEYS[3], ARGV[4])
redis.call('ZADD', KEYS[4], ARGV[7], ARGV[4])
return { 'done' }
