--[[
Removes the record of a file; the last that had its content takes the content with it.
KEYS  1 record  2 content
ARGV  1 fileuuid  2 record as it was read
Result {'changed'}: the record is another one by now, nothing was done
       {'done', name of the blob that nobody refers to any more, or ''}
]]
if redis.call('GET', KEYS[1]) ~= ARGV[2] then
  return { 'changed' }
end
redis.call('DEL', KEYS[1])
redis.call('HDEL', KEYS[2], ARGV[1])
local blob = redis.call('HGET', KEYS[2], 'blob')
if redis.call('HLEN', KEYS[2]) > 1 or not blob then
  return { 'done', '' }
end
redis.call('DEL', KEYS[2])
return { 'done', blob }
