-- Marks an incident as shown, unless it has changed since. A sink that is told of some changes only may be owed an earlier version than
-- the one that it was shown at.
--
-- keys: unshown   ARGV: 1 incident  2 the version that is shown now; empty for an incident that is forgotten
local owed = tonumber(redis.call('HGET', keys.unshown, ARGV[1]) or '')
if ARGV[2] == '' or (owed and owed <= tonumber(ARGV[2])) then redis.call('HDEL', keys.unshown, ARGV[1]) end
return 1
