-- Commits one call: the chat entry, the client, the log of Graph calls and the pending webhooks, all or nothing.
-- KEYS 1 chat order (list), 2 chat entries, 3 chat statuses, 4 unread, 5 client hash, 6 clients (sorted set),
--      7 user ids, 8 Graph calls (stream), 9 outbox keys without the lane (all in one slot), 10 due lanes, 11 leased lanes, 12 held statuses of the
--      lane, 13 lanes with held statuses, 14 faults
-- ARGV 1 client, 2 user id, 3 now ms, 4 lane, 5 chat entries kept, 6 Graph calls kept, 7 id of the fault that holds
--      statuses or '', 8 message id or '', 9 entry, 10 its status, 11 unread record or '', 12 Graph call or '',
--      13 number of client fields, then field and value for each, then for each webhook: 'status' or 'message', the id
--      that it reports as read or played or '', which of the two, the lane it leaves by, ms it waits for others or is late,
--      how many share its POST, the webhook
-- Result: how many webhooks wait now
local client, now, lane, message = ARGV[1], tonumber(ARGV[3]), ARGV[4], ARGV[8]

if message ~= '' then
  redis.call('RPUSH', KEYS[1], message)
  redis.call('HSET', KEYS[2], message, ARGV[9])
  redis.call('HSET', KEYS[3], message, ARGV[10])
  if ARGV[11] ~= '' then redis.call('HSET', KEYS[4], message, ARGV[11]) end
  while redis.call('LLEN', KEYS[1]) > tonumber(ARGV[5]) do
    local oldest = redis.call('LPOP', KEYS[1])
    for key = 2, 4 do redis.call('HDEL', KEYS[key], oldest) end
  end
  redis.call('ZADD', KEYS[6], now, client)
  redis.call('HSET', KEYS[7], ARGV[2], client)
end
if ARGV[12] ~= '' then redis.call('XADD', KEYS[8], 'MAXLEN', '~', ARGV[6], '*', 'call', ARGV[12]) end

local at = 14
for _ = 1, tonumber(ARGV[13]) do
  redis.call('HSET', KEYS[5], ARGV[at], ARGV[at + 1])
  at = at + 2
end

local holds = ARGV[7] ~= '' and redis.call('HEXISTS', KEYS[14], ARGV[7]) == 1
local before = { read = 'delivered', played = 'read' }

local function leave(way, wait, batch, webhook)
  local full = redis.call('RPUSH', KEYS[9] .. way, webhook) >= batch
  if redis.call('ZSCORE', KEYS[11], way) then return end
  if batch > 1 and full then
    redis.call('ZADD', KEYS[10], 'LT', now, way)
  else
    redis.call('ZADD', KEYS[10], 'NX', now + wait, way)
  end
end

local waiting = 0
while ARGV[at] do
  local kind, marked, mark = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local fresh = marked == '' or redis.call('HGET', KEYS[3], marked) == before[mark]
  if marked ~= '' and fresh then redis.call('HSET', KEYS[3], marked, mark) end
  if marked ~= '' then redis.call('HDEL', KEYS[4], marked) end
  if fresh and holds and kind == 'status' then
    redis.call('RPUSH', KEYS[12], ARGV[at + 6])
    redis.call('SADD', KEYS[13], lane)
  elseif fresh then
    leave(ARGV[at + 3], tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5]), ARGV[at + 6])
    waiting = waiting + 1
  end
  at = at + 7
end
return waiting
