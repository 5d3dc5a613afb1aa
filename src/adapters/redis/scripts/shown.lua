-- Marks an incident as shown, unless it has changed since.
--
-- KEYS: 1 unshown   ARGV: 1 incident  2 the version that is shown now; empty for an incident that is forgotten
if ARGV[2] == '' or redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 1
