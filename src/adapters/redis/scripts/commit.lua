-- Writes one change of one incident: state, timeline, owed effects and indexes, and the claim or its release.
--
-- KEYS: 1 incident  2 timeline  3 owed  4 open subjects  5 attached alerts  6 unshown  7 once
--       8 pause  9 locks  10 cooldowns  11 running
-- ARGV: 1 the change as JSON:
--   id, expected, version, state, entries[], owe[{id, effect}], answers?, once?, subject, closed, fingerprints[],
--   claim? {targets[], cooldown, maxConcurrent}, release? {at}, keptSeconds
-- Returns JSON {kind}: committed | conflict | duplicate | answered | refused (with obstacle).
local change = cjson.decode(ARGV[1])
local function answer(kind, obstacle)
  return cjson.encode({ kind = kind, obstacle = obstacle })
end

if change.once and redis.call('EXISTS', KEYS[7]) == 1 then return answer('duplicate') end
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if change.answers and redis.call('HEXISTS', KEYS[3], change.answers) == 0 then return answer('answered') end
if version ~= change.expected then return answer('conflict') end
if change.expected == 0 and redis.call('HEXISTS', KEYS[4], change.subject) == 1 then return answer('conflict') end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

if change.claim then
  local soon = now + 5000
  local pausedBy = redis.call('GET', KEYS[8])
  if pausedBy then return answer('refused', { kind = 'paused', by = pausedBy, retryAt = soon }) end
  for _, target in ipairs(change.claim.targets) do
    -- A lock is the name of its holder, and the time when it is free where the holder has let go of it already.
    local holder, freeAt = string.match(redis.call('HGET', KEYS[9], target) or '', '^(%S+) ?(%d*)$')
    local free = tonumber(freeAt or '')
    -- A lock that waits for a lost attempt's time to be up holds its own incident off as well.
    if holder and (holder ~= change.id or free) and (not free or free > now) then
      return answer('refused', { kind = 'locked', target = target, holder = holder, retryAt = free or soon })
    end
    local coolUntil = tonumber(redis.call('HGET', KEYS[10], target) or '0')
    if coolUntil > now then
      return answer('refused', { kind = 'cooling-down', target = target, retryAt = coolUntil })
    end
  end
  local running = redis.call('HLEN', KEYS[11])
  if running >= change.claim.maxConcurrent and redis.call('HEXISTS', KEYS[11], change.id) == 0 then
    return answer('refused', { kind = 'busy', running = running, retryAt = soon })
  end
  for _, target in ipairs(change.claim.targets) do
    redis.call('HSET', KEYS[9], target, change.id)
    redis.call('HSET', KEYS[10], target, string.format('%.0f', now + change.claim.cooldown))
  end
  redis.call('HSET', KEYS[11], change.id, table.concat(change.claim.targets, '\n'))
end

if change.release then
  local held = redis.call('HGET', KEYS[11], change.id)
  if held then
    for target in string.gmatch(held, '[^\n]+') do
      if redis.call('HGET', KEYS[9], target) == change.id then
        if change.release.at > now then
          redis.call('HSET', KEYS[9], target, change.id .. ' ' .. string.format('%.0f', change.release.at))
        else
          redis.call('HDEL', KEYS[9], target)
        end
      end
    end
    redis.call('HDEL', KEYS[11], change.id)
  end
end

redis.call('HSET', KEYS[1], 'version', change.version, 'state', change.state)
for _, entry in ipairs(change.entries) do redis.call('RPUSH', KEYS[2], entry) end
if change.answers then redis.call('HDEL', KEYS[3], change.answers) end
for _, owed in ipairs(change.owe) do redis.call('HSET', KEYS[3], owed.id, owed.effect) end
if change.closed then
  if redis.call('HGET', KEYS[4], change.subject) == change.id then redis.call('HDEL', KEYS[4], change.subject) end
else
  redis.call('HSET', KEYS[4], change.subject, change.id)
end
for _, fingerprint in ipairs(change.fingerprints) do
  if not change.closed then
    redis.call('HSET', KEYS[5], fingerprint, change.id)
  elseif redis.call('HGET', KEYS[5], fingerprint) == change.id then
    redis.call('HDEL', KEYS[5], fingerprint)
  end
end
redis.call('HSET', KEYS[6], change.id, change.version)
if change.closed then
  redis.call('EXPIRE', KEYS[1], change.keptSeconds)
  redis.call('EXPIRE', KEYS[2], change.keptSeconds)
end
if change.once then redis.call('SET', KEYS[7], change.id, 'EX', 86400) end
return answer('committed')
