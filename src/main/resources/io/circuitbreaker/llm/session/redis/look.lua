-- How far a stream has come. If its server has not been heard of for long enough, ends it, once whoever asks.
-- KEYS: events, info. ARGV: the prefix of servers' keys, for how long the server must be missed in ms, the reader's
-- event, the event that says that the server is gone, time to live in ms.
-- Returns nothing if the stream is not known; else the number of its oldest event and its info.
local info = {}
local fields = redis.call('HGETALL', KEYS[2])
if #fields == 0 then
  return {}
end
for i = 1, #fields, 2 do
  info[fields[i]] = fields[i + 1]
end
local newest, reader = tonumber(info.newest), tonumber(ARGV[3])

-- Readers may have seen more on the server that is gone than came here. The error has a number after all of that, so that
-- nobody takes it for one of those, and everybody is told.
local function lose()
  local number = math.max(newest, reader) + 1000
  redis.call('XADD', KEYS[1], number .. '-0', 'd', ARGV[4], 'lost', '1')
  redis.call('XADD', KEYS[1], number .. '-1', 'end', 'failed')
  redis.call('HSET', KEYS[2], 'state', 'failed', 'newest', number, 'lost', '1')
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
end

if info.state == 'running' then
  if redis.call('EXISTS', ARGV[1] .. info.node) == 1 then
    redis.call('HDEL', KEYS[2], 'missed')
  else
    -- Not at once: after a restart of Redis no server is there until it has called again.
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    if not info.missed then
      redis.call('HSET', KEYS[2], 'missed', string.format('%d', now))
    elseif now - tonumber(info.missed) >= tonumber(ARGV[2]) then
      lose()
    end
  end
elseif info.lost and reader > newest then
  lose()
end
local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
return {oldest and oldest[1] or '', redis.call('HGETALL', KEYS[2])}
