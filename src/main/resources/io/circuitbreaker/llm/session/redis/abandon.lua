-- Nothing more comes of a stream whose server is alive: to those who look it is as if that was gone.
-- KEYS: events, info.
if redis.call('HGET', KEYS[2], 'state') == 'running' then
  redis.call('HSET', KEYS[2], 'node', '')
end
return 'OK'
