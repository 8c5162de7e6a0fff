-- Commits one call: the chat entry, the client, the log of Graph calls and the pending webhooks, all or nothing.
-- KEYS 1 chat order (list), 2 chat entries, 3 chat statuses, 4 unread, 5 client hash, 6 clients (sorted set),
--      7 user ids, 8 Graph calls (stream), 9 outbox of the lane, 10 due lanes, 11 leased lanes, 12 held statuses of the
--      lane, 13 lanes with held statuses, 14 faults
-- ARGV 1 client, 2 user id, 3 now ms, 4 lane, 5 chat entries kept, 6 Graph calls kept, 7 id of the fault that holds
--      statuses or '', 8 message id or '', 9 entry, 10 its status, 11 unread record or '', 12 Graph call or '',
--      13 number of client fields, then field and value for each, then for each webhook: 'status' or 'message', the id
--      that must still be unread (it is now read) or '', the webhook
-- Result: 1 if webhooks are now due
local client, now, lane, message = ARGV[1], ARGV[3], ARGV[4], ARGV[8]

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
local due = 0
while ARGV[at] do
  local kind, unread, webhook = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local fresh = unread == '' or redis.call('HGET', KEYS[3], unread) == 'delivered'
  if unread ~= '' and fresh then redis.call('HSET', KEYS[3], unread, 'read') end
  if unread ~= '' then redis.call('HDEL', KEYS[4], unread) end
  if fresh and holds and kind == 'status' then
    redis.call('RPUSH', KEYS[12], webhook)
    redis.call('SADD', KEYS[13], lane)
  elseif fresh then
    redis.call('RPUSH', KEYS[9], webhook)
    due = 1
  end
  at = at + 3
end
if due == 1 and not redis.call('ZSCORE', KEYS[11], lane) then redis.call('ZADD', KEYS[10], 'NX', now, lane) end
return due
