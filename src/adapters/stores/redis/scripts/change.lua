-- Keeps a report of a change, unless it is known.
--
-- keys: reports (hash, by id)  times (sorted set of the same ids)
-- ARGV: 1 id  2 time in ms  3 the report  4 the most that are kept  5 those before this time are forgotten  6 ms until all are
-- Returns 1 where it is kept now, 0 where it was known, 2 where it is older than all that there is room for.
if redis.call('HEXISTS', keys.reports, ARGV[1]) == 1 then return 0 end
redis.call('HSET', keys.reports, ARGV[1], ARGV[3])
redis.call('ZADD', keys.times, ARGV[2], ARGV[1])
local gone = redis.call('ZRANGEBYSCORE', keys.times, '-inf', '(' .. ARGV[5])
local extra = redis.call('ZCARD', keys.times) - #gone - tonumber(ARGV[4])
if extra > 0 then
  for _, id in ipairs(redis.call('ZRANGE', keys.times, #gone, #gone + extra - 1)) do gone[#gone + 1] = id end
end
local kept = 1
for _, id in ipairs(gone) do
  redis.call('HDEL', keys.reports, id)
  redis.call('ZREM', keys.times, id)
  if id == ARGV[1] then kept = 2 end
end
redis.call('PEXPIRE', keys.reports, ARGV[6])
redis.call('PEXPIRE', keys.times, ARGV[6])
return kept
