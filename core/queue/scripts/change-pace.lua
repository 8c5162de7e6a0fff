--[[
Changes the lowered rate of a queue, if it is still what the caller read.
KEYS  1 hash queue → rate
ARGV  1 queue  2 what was read, or ''  3 what it becomes, or '' for none
Result 1 done, 0 somebody else changed it
]]
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then
  return 0
end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
return 1
