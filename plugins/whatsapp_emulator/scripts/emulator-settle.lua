-- Ends the post of a lane's oldest webhook: removes it, or puts the lane off. A holder that lost its lease does nothing.
-- KEYS 1 clock offset, 2 due lanes, 3 leased lanes, 4 lease holders, 5 outbox of the lane, 6 chat statuses
-- ARGV 1 lane, 2 holder, 3 'done', 'dropped' or 'retry', 4 ms until the retry, 5 id of the client's message that arrived or '',
--      6 lease ms for the next webhook, or 0 to leave it to others
-- Result: the next webhook, leased, or nil
local lane = ARGV[1]
if redis.call('HGET', KEYS[4], lane) ~= ARGV[2] then return nil end
local time = redis.call('TIME')
local real = time[1] * 1000 + math.floor(time[2] / 1000)
local now = real + tonumber(redis.call('GET', KEYS[1]) or 0)

local dueAt = now + ARGV[4]
if ARGV[3] ~= 'retry' then
  redis.call('LPOP', KEYS[5])
  if ARGV[3] == 'done' and ARGV[5] ~= '' and redis.call('HGET', KEYS[6], ARGV[5]) == 'sent' then
    redis.call('HSET', KEYS[6], ARGV[5], 'delivered')
  end
  dueAt = now
  local webhook = redis.call('LINDEX', KEYS[5], 0)
  if webhook and tonumber(ARGV[6]) > 0 then
    redis.call('ZADD', KEYS[3], real + ARGV[6], lane)
    return webhook
  end
  if not webhook then dueAt = nil end
end
redis.call('ZREM', KEYS[3], lane)
redis.call('HDEL', KEYS[4], lane)
if dueAt then redis.call('ZADD', KEYS[2], dueAt, lane) end
return nil
