-- Ends the post of a lane's oldest webhooks: removes them, or puts the lane off. A holder that lost its lease does nothing.
-- KEYS 1 clock offset, 2 due lanes, 3 leased lanes, 4 lease holders, 5 outbox of the lane, 6 chat status keys without the
--      client (all in one slot), 7 posted webhooks
-- ARGV 1 lane, 2 holder, 3 'done', 'dropped' or 'retry', 4 ms until the retry, 5 how many webhooks shared the POST,
--      6 lease ms for the next POST, or 0 to leave it to others, 7 posted webhooks kept, then client and id of each message
--      of a client that arrived
-- Result: what shares the next POST, leased, one webhook a line, or nil
local lane = ARGV[1]
if redis.call('HGET', KEYS[4], lane) ~= ARGV[2] then return nil end
local time = redis.call('TIME')
local real = time[1] * 1000 + math.floor(time[2] / 1000)
local now = real + tonumber(redis.call('GET', KEYS[1]) or 0)

local dueAt = now + ARGV[4]
if ARGV[3] ~= 'retry' then
  local posted = redis.call('LPOP', KEYS[5], ARGV[5])
  if ARGV[3] == 'done' then
    if posted then redis.call('RPUSH', KEYS[7], lane .. '\n' .. table.concat(posted, '\n')) end
    redis.call('LTRIM', KEYS[7], -ARGV[7], -1)
    for at = 8, #ARGV, 2 do
      local statuses = KEYS[6] .. ARGV[at]
      if redis.call('HGET', statuses, ARGV[at + 1]) == 'sent' then redis.call('HSET', statuses, ARGV[at + 1], 'delivered') end
    end
  end
  dueAt = now
  local size = tonumber(string.match(lane, '/batch%-(%d+)')) or 1
  local webhooks = redis.call('LRANGE', KEYS[5], 0, size - 1)
  if #webhooks > 0 and (size == 1 or #webhooks == size) and tonumber(ARGV[6]) > 0 then
    redis.call('ZADD', KEYS[3], real + ARGV[6], lane)
    return table.concat(webhooks, '\n')
  end
  if #webhooks == 0 then dueAt = nil end
end
redis.call('ZREM', KEYS[3], lane)
redis.call('HDEL', KEYS[4], lane)
if dueAt then redis.call('ZADD', KEYS[2], dueAt, lane) end
return nil
