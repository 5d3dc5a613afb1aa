-- Says that Medic lives, or that people can reach it, and reads the clock of record.
--
-- keys: life (Medic's) and chatLife (hashes: since, last), silences (hash: version, list, modes)
-- ARGV: 1 the silence, in milliseconds, after which a life counts as a new one  2 look | chat | peek: whose sign of life this
--       is, if anybody's  3 version of the silences that the caller knows
-- Returns {now, since when Medic has lived, since when its chat has, version of the silences, the silences and the modes that people
-- have set, as JSON where the caller does not know them}; times are epoch milliseconds. Who is silent has lived since now.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local gap = tonumber(ARGV[1])

local function since(key)
  if now - tonumber(redis.call('HGET', key, 'last') or '0') > gap then return now end
  return tonumber(redis.call('HGET', key, 'since') or '0')
end

local living = ARGV[2] == 'chat' and keys.chatLife or keys.life
if ARGV[2] ~= 'peek' then
  redis.call('HSET', living, 'since', string.format('%.0f', since(living)), 'last', string.format('%.0f', now))
end
local orders = redis.call('HMGET', keys.silences, 'version', 'list', 'modes')
local news = orders[1] ~= ARGV[3]
return {
  now,
  since(keys.life),
  since(keys.chatLife),
  tonumber(orders[1] or '0'),
  news and (orders[2] or '[]'),
  news and (orders[3] or '[]'),
}
