-- A server's sign of life, and what the others have asked of it.
-- KEYS: the server's, its readers elsewhere, the streams it shall cancel. ARGV: for how long it counts as alive in ms,
-- then the streams that it has cancelled.
-- Returns the streams that are read elsewhere, and those to cancel with the reasons.
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
if #ARGV > 1 then
  redis.call('HDEL', KEYS[3], unpack(ARGV, 2))
end
local time = redis.call('TIME')
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000)))
return {redis.call('ZRANGE', KEYS[2], 0, -1), redis.call('HGETALL', KEYS[3])}
