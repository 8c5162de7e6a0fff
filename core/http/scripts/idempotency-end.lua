--[[
Keeps the answer of a request, or gives its key free for another try. The first answer kept stays.
KEYS  1 record
ARGV  1 id of the run  2 HTTP status, or '' to give the key free  3 body
Result 1 done, 0 another run has the key, or the record has expired
]]
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then
  return 0
end
redis.call('HDEL', KEYS[1], 'until')
if ARGV[2] ~= '' then
  redis.call('HSETNX', KEYS[1], 'body', ARGV[3])
  redis.call('HSETNX', KEYS[1], 'status', ARGV[2])
end
return 1
