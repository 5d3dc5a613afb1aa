-- Renews or gives back a turn that is still one's own.
--
-- keys: turn   ARGV: 1 token of whoever took it  2 milliseconds for which it goes on; 0 gives it back
-- Returns whether it was still theirs.
if redis.call('GET', keys.turn) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then redis.call('DEL', keys.turn) else redis.call('PEXPIRE', keys.turn, ARGV[2]) end
return 1
