-- Asks the server of a stream to end it.
-- KEYS: info. ARGV: the prefix of servers' keys, the stream, why, how long to ask in ms.
local known = redis.call('HMGET', KEYS[1], 'node', 'state')
if known[2] == 'running' then
  local cancels = ARGV[1] .. known[1] .. ':cancels'
  redis.call('HSET', cancels, ARGV[2], ARGV[3])
  redis.call('PEXPIRE', cancels, ARGV[4])
end
return 'OK'
