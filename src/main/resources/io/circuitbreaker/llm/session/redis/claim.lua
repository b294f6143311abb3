-- Says that somebody reads a stream here: its server counts that as a reader, and what has ended is kept on.
-- KEYS: events, info. ARGV: the prefix of servers' keys, the stream, how long this holds in ms, time to live in ms.
local known = redis.call('HMGET', KEYS[2], 'node', 'state')
if known[2] == 'running' then
  local time = redis.call('TIME')
  local readers = ARGV[1] .. known[1] .. ':readers'
  redis.call('ZADD', readers, string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[3]), ARGV[2])
  redis.call('PEXPIRE', readers, ARGV[3])
elseif known[2] then
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
end
return 'OK'
