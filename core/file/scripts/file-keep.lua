--[[
Writes the record of a file, once, and notes that it refers to its content. The first to bring a content names its blob.
KEYS  1 record  2 content (hash: `blob` → name of the blob, and a field for each file that has this content)
ARGV  1 fileuuid  2 record (JSON)  3 name of the blob that was just put in place
Result {'known', record, name of the blob of the content or false}: a file of this id stands already, nothing was done.
         It may be this very one: a command whose answer was lost is sent again
       {'kept', name of the blob that has this content}
]]
local record = redis.call('GET', KEYS[1])
if record then
  return { 'known', record, redis.call('HGET', KEYS[2], 'blob') }
end
redis.call('HSETNX', KEYS[2], 'blob', ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], '1')
redis.call('SET', KEYS[1], ARGV[2])
return { 'kept', redis.call('HGET', KEYS[2], 'blob') }
