-- Adds events and perhaps the end. Those that are there already are left out, so it may be sent twice.
-- KEYS: events, info. ARGV: time to live in ms or 0 to leave it, the oldest event to keep, the end or '', the number of
-- the first event, the events.
-- Returns the state and the newest event, after which it is to go on; or no state if the stream is not known.
local known = redis.call('HMGET', KEYS[2], 'state', 'newest')
local state, newest = known[1], tonumber(known[2])
if not state then
  return {'', 0}
end
if state ~= 'running' then
  return {state, newest}
end
local first = tonumber(ARGV[4])
if first > newest + 1 and first > tonumber(ARGV[2]) then
  -- Redis has come back as it was a little earlier, and the server still has what is missing: that comes first.
  return {state, newest}
end
for i = 5, #ARGV do
  local number = first + i - 5
  if number > newest then
    redis.call('XADD', KEYS[1], number .. '-0', 'd', ARGV[i])
    newest = number
  end
end
if tonumber(ARGV[2]) > 1 then
  redis.call('XTRIM', KEYS[1], 'MINID', ARGV[2])
end
if ARGV[3] ~= '' then
  -- An entry too, for it wakes those who wait.
  redis.call('XADD', KEYS[1], newest .. '-1', 'end', ARGV[3])
  state = ARGV[3]
end
redis.call('HSET', KEYS[2], 'state', state, 'newest', newest)
if ARGV[1] ~= '0' then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  redis.call('PEXPIRE', KEYS[2], ARGV[1])
elseif redis.call('PTTL', KEYS[1]) == -1 then
  -- With the first events it has come to be, and nobody may come to renew it.
  redis.call('PEXPIRE', KEYS[1], redis.call('PTTL', KEYS[2]))
end
return {state, newest}
