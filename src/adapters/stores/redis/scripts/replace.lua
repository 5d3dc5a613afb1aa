-- Puts a text in place of another one, unless something else lies there by now.
--
-- keys: text, where it lies
-- ARGV: 1 the text that the caller has read, empty where there was none  2 the text to put there
-- Returns 1 where it was put there, 0 where something else lies there.
if (redis.call('GET', keys.text) or '') ~= ARGV[1] then return 0 end
redis.call('SET', keys.text, ARGV[2])
return 1
