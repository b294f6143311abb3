-- Begins to keep a stream, or begins anew if Redis has lost it.
-- KEYS: events, info. ARGV: time to live in ms, then fields and values of the info.
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[2], unpack(ARGV, 2))
redis.call('PEXPIRE', KEYS[2], ARGV[1])
return 'OK'
