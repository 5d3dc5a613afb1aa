-- Puts a text in place of another one, unless something else lies there by now.
--
-- KEYS: 1 where
-- ARGV: 1 the text that the caller has read, empty where there was none  2 the text to put there
-- Returns 1 where it was put there, 0 where something else lies there.
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
