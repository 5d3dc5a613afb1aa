-- Changes the list of silences, which gets a new version with it: the time in microseconds, so that no two lists ever bear the same.
--
-- keys: silences (hash: version, list)
-- ARGV: 1 JSON: {put: [silence], without: {ids: [id]} or {source: source}}
-- Those that are over are dropped. Returns how many were taken away because `without` named them.
local change = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local kept, removed = {}, 0
local function keep(silence) kept[#kept + 1] = silence end
local function isNamed(silence)
  if change.without.source then return silence.source == change.without.source end
  for _, id in ipairs(change.without.ids) do
    if silence.id == id then return true end
  end
  return false
end

for _, stored in ipairs(cjson.decode(redis.call('HGET', keys.silences, 'list') or '[]')) do
  local silence = cjson.decode(stored)
  if isNamed(silence) then
    removed = removed + 1
  elseif silence['until'] > now then
    keep(stored)
  end
end
for _, stored in ipairs(change.put) do keep(stored) end
local list = #kept > 0 and cjson.encode(kept) or '[]'
if list ~= redis.call('HGET', keys.silences, 'list') then
  redis.call('HSET', keys.silences, 'list', list)
  redis.call('HSET', keys.silences, 'version', string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2])))
end
return removed
