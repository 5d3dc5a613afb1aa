-- Puts other modes in place of those that people have set. They count as a new version of the silences, by which a claim notices.
--
-- keys: silences (hash: version, list, modes), once
-- ARGV: 1 the modes, each as JSON, as JSON  2 the version that the caller has read; nothing is changed where it is another by now
--       3 for how long the delivery is known again, milliseconds
-- Returns ordered | conflict | repeated, where this delivery was taken before.
if redis.call('EXISTS', keys.once) == 1 then return 'repeated' end
if (redis.call('HGET', keys.silences, 'version') or '0') ~= ARGV[2] then return 'conflict' end
if (redis.call('HGET', keys.silences, 'modes') or '[]') ~= ARGV[1] then
  local time = redis.call('TIME')
  local version = string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2]))
  redis.call('HSET', keys.silences, 'modes', ARGV[1], 'version', version)
end
redis.call('SET', keys.once, '1', 'PX', ARGV[3])
return 'ordered'
