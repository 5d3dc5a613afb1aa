-- Says that Medic lives, and reads the clock of record.
--
-- KEYS: 1 life (hash: since, last)
-- ARGV: 1 the silence, in milliseconds, after which a life counts as a new one
-- Returns {now, aliveSince}, epoch milliseconds.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local last = tonumber(redis.call('HGET', KEYS[1], 'last') or '0')
local since = tonumber(redis.call('HGET', KEYS[1], 'since') or '0')
if now - last > tonumber(ARGV[1]) then since = now end
redis.call('HSET', KEYS[1], 'last', string.format('%.0f', now), 'since', string.format('%.0f', since))
return { now, since }
