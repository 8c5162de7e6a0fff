--[[
Takes a contact out of the book and frees its contact points, if the record is still as it was read. What is left says
that there was one, and until the erasure has ended who it was.
KEYS  1 contact  2 index of contacts  3 contacts being erased  4.. contact points
ARGV  1 contactuuid  2 record as read  3 record that is left  4 now, ms
Result {'done'}
       {'changed'}   the record is another one by now, or gone: read it again
]]
if redis.call('GET', KEYS[1]) ~= ARGV[2] then
  return { 'changed' }
end
for index = 4, #KEYS do
  if redis.call('GET', KEYS[index]) == ARGV[1] then
    redis.call('DEL', KEYS[index])
  end
end
redis.call('SET', KEYS[1], ARGV[3])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1])
return { 'done' }
