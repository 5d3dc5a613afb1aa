-- Marks an incident as shown, unless it has changed since.
--
-- keys: unshown   ARGV: 1 incident  2 the version that is shown now; empty for an incident that is forgotten
if ARGV[2] == '' or redis.call('HGET', keys.unshown, ARGV[1]) == ARGV[2] then redis.call('HDEL', keys.unshown, ARGV[1]) end
return 1
