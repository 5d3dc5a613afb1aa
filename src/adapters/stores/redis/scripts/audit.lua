-- The chain of checkpoints over the records of all incidents.
--
-- keys: checkpoints (a list, the newest last), changed (a hash: incident -> how far its record has come)
-- ARGV: 1 'append'  2 the newest checkpoint as it is known, or ''  3 the next one  4... incident, how far it has come in that, ...
--    or 1 'forget'  2 the oldest checkpoint as it is known         3 how many are forgotten
--    or 1 'renew'   2 incident  3 how far it has come: unless a later change has been noted
-- Returns 1, or 0 where the chain is another one by now.
if ARGV[1] == 'renew' then return redis.call('HSETNX', keys.changed, ARGV[2], ARGV[3]) end
if ARGV[1] == 'forget' then
  if redis.call('LINDEX', keys.checkpoints, 0) ~= ARGV[2] then return 0 end
  redis.call('LTRIM', keys.checkpoints, ARGV[3], -1)
  return 1
end
if (redis.call('LINDEX', keys.checkpoints, -1) or '') ~= ARGV[2] then return 0 end
redis.call('RPUSH', keys.checkpoints, ARGV[3])
for index = 4, #ARGV, 2 do
  -- What has changed again since is for the next checkpoint.
  if redis.call('HGET', keys.changed, ARGV[index]) == ARGV[index + 1] then redis.call('HDEL', keys.changed, ARGV[index]) end
end
return 1
