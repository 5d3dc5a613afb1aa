-- Writes one change of one incident: state, timeline, owed effects and indexes, and the claim or its release.
--
-- keys: named by `scripts.ts`; what lies at each is told by `keys.ts`
-- ARGV: 1 the change as JSON:
--   id, expected, version, owe[{id, effect}], answers?, once?, subject, closed, ill, waits,
--   attached[] (fingerprints that join), fingerprints[] (all that are held in full), crowd{fingerprint: alert},
--   claim? {targets[], locks[], upstream[], cooldown, maxConcurrent, priority, provenAt, silences, fence?}, release? {at}, seal?, alertsHash?,
--   opening? {most, window}, strikes[{target, attempt}], breaker {strikes, window}, sinks[], keptSeconds, closedAt?, head?
--   rules {freshFor, lookAgain, placeFor with a claim, called with a release, relapseWithin at the end, onceFor with once}: see `engine/rules.ts`
--   or {look = true, id, expected, claim, rules}: only says what would stand in the way of the claim
--       2 the state  3 the alerts beside it, where they are other ones than before, else empty
--       4... the entries of the timeline; all as they are stored, for they are large, and need not be read here
-- Returns JSON {kind}: committed (with next, where any) | conflict | duplicate | answered | elsewhere | storm | refused (with obstacle)
--   | alerts-missing (others lie beside the state than those that the new one names: they have to be sent).
--
-- The first thing that is written is one that a Redis without memory refuses, so that it refuses all or nothing.
local change = cjson.decode(ARGV[1])
local function answer(kind, more)
  local whole = more or {}
  whole.kind = kind
  return cjson.encode(whole)
end
-- Of an even length, and of no more than one command takes.
local function slices(list)
  local all = {}
  for from = 1, #list, 500 do all[#all + 1] = { unpack(list, from, math.min(from + 499, #list)) } end
  return all
end
local function text(number) return string.format('%.0f', number) end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local rules = change.rules
-- As many of those that wait are looked at by each claim.
local LOOKED_AT = 200
-- As many entries are looked at by each claim, which drops those that are over: no list grows with all there ever was.
local SWEPT = 20

-- A lock is the name of its holder, and the time when it is free where the holder has let go of it already.
local function holderOf(lock)
  local holder, freeAt = string.match(redis.call('HGET', keys.locks, lock) or '', '^(%S+) ?(%d*)$')
  local free = tonumber(freeAt or '')
  -- A lock that waits for a lost attempt's time to be up holds its own incident off as well.
  if holder and (holder ~= change.id or free) and (not free or free > now) then return holder, free or now + rules.lookAgain end
end

local function leaveQueue(incident)
  redis.call('ZREM', keys.queue, incident)
  redis.call('HDEL', keys.queueSeen, incident)
end

-- How many wait for nothing but a slot and go first.
local function ahead(claim)
  local count = 0
  for _, other in ipairs(redis.call('ZRANGEBYSCORE', keys.queue, '-inf', '(' .. text(claim.priority), 'LIMIT', 0, LOOKED_AT)) do
    local why, at = string.match(redis.call('HGET', keys.queueSeen, other) or '', '^(%S+) (%d+)$')
    if now - tonumber(at or '0') >= rules.placeFor then
      leaveQueue(other)
    elseif other ~= change.id and why == 'busy' then
      count = count + 1
    end
  end
  return count
end

-- Whether the premises were read too long ago, or Redis is another one since: what was acknowledged meanwhile may be forgotten.
-- A server that starts has a new run id, one that becomes the master a new replication id.
local function isNewMemory(claim)
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
    .. string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
  local known = redis.call('HMGET', keys.seat, 'run', 'since')
  local since = tonumber(known[2] or '0')
  if known[1] ~= run then
    since = known[1] and now or 0
    redis.call('HSET', keys.seat, 'run', run, 'since', text(since))
  end
  local proven = claim.provenAt or 0
  return proven < since or now - proven > rules.freshFor
end

local function obstacleOf(claim)
  local pausedBy = redis.call('GET', keys.pause)
  if pausedBy then return { kind = 'paused', by = pausedBy, retryAt = now + rules.lookAgain } end
  for _, target in ipairs(claim.targets) do
    if redis.call('HEXISTS', keys.tripped, target) == 1 then
      return { kind = 'tripped', target = target, retryAt = now + rules.lookAgain }
    end
  end
  for _, subject in ipairs(claim.upstream) do
    local holder = redis.call('HGET', keys.ill, subject)
    if holder then return { kind = 'upstream', subject = subject, holder = holder, retryAt = now + rules.lookAgain } end
  end
  for _, lock in ipairs(claim.locks) do
    local holder, free = holderOf(lock)
    if holder then return { kind = 'locked', lock = lock, holder = holder, retryAt = free } end
  end
  for _, target in ipairs(claim.targets) do
    local coolUntil = tonumber(redis.call('HGET', keys.cooldowns, target) or '0')
    if coolUntil > now then return { kind = 'cooling-down', target = target, retryAt = coolUntil } end
  end
  local running = redis.call('HLEN', keys.running)
  local free = claim.maxConcurrent - running
  local before = free > 0 and ahead(claim) or 0
  if free <= before then
    return { kind = 'busy', running = running, ahead = before, retryAt = now + rules.lookAgain }
  end
end

local function refuse(claim, obstacle)
  redis.call('ZADD', keys.queue, text(claim.priority), change.id)
  redis.call('HSET', keys.queueSeen, change.id, obstacle.kind .. ' ' .. text(now))
  return answer('refused', { obstacle = obstacle })
end

local version = tonumber(redis.call('HGET', keys.incident, 'version') or '0')
if change.look then
  -- Whoever has moved on meanwhile must not take a place in the queue.
  if version ~= change.expected then return answer('conflict') end
  local obstacle = obstacleOf(change.claim)
  if obstacle then return refuse(change.claim, obstacle) end
  return answer('committed')
end

if change.once and redis.call('EXISTS', keys.once) == 1 then return answer('duplicate') end
if change.answers and redis.call('HEXISTS', keys.owed, change.answers) == 0 then return answer('answered') end
if version ~= change.expected then return answer('conflict') end
if change.alertsHash and ARGV[3] == '' and redis.call('HGET', keys.incident, 'alertsHash') ~= change.alertsHash then
  return answer('alerts-missing')
end
if change.expected == 0 and redis.call('HEXISTS', keys.open, change.subject) == 1 then return answer('conflict') end
for _, some in ipairs(slices(change.attached)) do
  for _, owner in ipairs(redis.call('HMGET', keys.attached, unpack(some))) do
    if owner and owner ~= change.id then return answer('elsewhere') end
  end
end
if change.opening and change.expected == 0 then
  local lately = redis.call('ZCOUNT', keys.openings, '(' .. text(now - change.opening.window), '+inf')
  if lately >= change.opening.most then return answer('storm') end
end
local claim = change.claim
if claim then
  -- Somebody silenced something since it was looked at: look again.
  if tonumber(redis.call('HGET', keys.silences, 'version') or '0') ~= claim.silences then return answer('conflict') end
  -- Another claim took that number meanwhile.
  if claim.fence and claim.fence <= tonumber(redis.call('HGET', keys.fences, '~last') or '0') then return answer('conflict') end
  local obstacle = isNewMemory(claim) and { kind = 'new-memory', retryAt = now } or obstacleOf(claim)
  if obstacle then return refuse(claim, obstacle) end
end

redis.call('HSET', keys.incident, 'version', change.version, 'state', ARGV[2])
if change.seal then redis.call('HSET', keys.incident, 'seal', change.seal) end
if change.alertsHash and ARGV[3] ~= '' then
  redis.call('HSET', keys.incident, 'alertsHash', change.alertsHash, 'alerts', ARGV[3])
end
for index = 4, #ARGV do redis.call('RPUSH', keys.timeline, ARGV[index]) end
if change.head then redis.call('HSET', keys.changed, change.id, change.head) end

-- Drops entries that are over, of a few that chance picks.
local function sweep(key, isOver)
  local some = redis.call('HRANDFIELD', key, SWEPT, 'WITHVALUES')
  for index = 1, #some, 2 do
    if isOver(some[index + 1]) then redis.call('HDEL', key, some[index]) end
  end
end

if claim then
  sweep(keys.locks, function(lock)
    local free = tonumber(string.match(lock, ' (%d+)$') or '')
    return free and free <= now
  end)
  sweep(keys.cooldowns, function(coolUntil) return tonumber(coolUntil) <= now end)
  for _, lock in ipairs(claim.locks) do redis.call('HSET', keys.locks, lock, change.id) end
  for _, target in ipairs(claim.targets) do
    redis.call('HSET', keys.cooldowns, target, text(now + claim.cooldown))
  end
  redis.call('HSET', keys.running, change.id, cjson.encode(claim.locks))
  -- Greater than any before, also where a Redis that has forgotten everything begins anew.
  local fence = text(claim.fence or math.max(tonumber(redis.call('HGET', keys.fences, '~last') or '0') + 1, now))
  redis.call('HSET', keys.fences, '~last', fence, change.id, fence)
end

-- An older Medic, which may still be running beside this one, wrote one lock a line.
local function locksIn(held)
  if string.sub(held, 1, 1) == '[' then return cjson.decode(held) end
  local locks = {}
  for lock in string.gmatch(held, '[^\n]+') do locks[#locks + 1] = lock end
  return locks
end

local next = {}
local held = change.release and redis.call('HGET', keys.running, change.id)
if held then
  for _, lock in ipairs(locksIn(held)) do
    if redis.call('HGET', keys.locks, lock) == change.id then
      if change.release.at > now then
        redis.call('HSET', keys.locks, lock, change.id .. ' ' .. text(change.release.at))
      else
        redis.call('HDEL', keys.locks, lock)
      end
    end
  end
  redis.call('HDEL', keys.running, change.id)
  redis.call('HDEL', keys.fences, change.id)
end

-- A strike counts once for each attempt and target. Enough of them in time stop the target's automation until it is reset.
for _, strike in ipairs(change.strikes) do
  local kept, known = {}, false
  for _, one in ipairs(cjson.decode(redis.call('HGET', keys.strikes, strike.target) or '[]')) do
    if now - one.at < change.breaker.window then kept[#kept + 1] = one end
    if one.attempt == strike.attempt then known = true end
  end
  if not known then kept[#kept + 1] = { attempt = strike.attempt, at = now } end
  redis.call('HSET', keys.strikes, strike.target, #kept > 0 and cjson.encode(kept) or '[]')
  if #kept >= change.breaker.strikes then redis.call('HSETNX', keys.tripped, strike.target, text(now)) end
end

if not change.waits then leaveQueue(change.id) end
if held then next = redis.call('ZRANGE', keys.queue, 0, rules.called - 1) end

if change.answers then redis.call('HDEL', keys.owed, change.answers) end
for _, owed in ipairs(change.owe) do redis.call('HSET', keys.owed, owed.id, owed.effect) end

local attached, crowd = {}, {}
for _, fingerprint in ipairs(change.attached) do
  attached[#attached + 1] = fingerprint
  attached[#attached + 1] = change.id
end
for fingerprint, alert in pairs(change.crowd) do
  crowd[#crowd + 1] = fingerprint
  crowd[#crowd + 1] = alert
end
for _, some in ipairs(slices(attached)) do redis.call('HSET', keys.attached, unpack(some)) end
for _, some in ipairs(slices(crowd)) do redis.call('HSET', keys.crowd, unpack(some)) end
if change.ill then
  redis.call('HSET', keys.ill, change.subject, change.id)
elseif redis.call('HGET', keys.ill, change.subject) == change.id then
  redis.call('HDEL', keys.ill, change.subject)
end
if change.expected == 0 then
  redis.call('ZADD', keys.openings, text(now), change.id)
  if change.opening then
    redis.call('ZREMRANGEBYSCORE', keys.openings, '-inf', text(now - change.opening.window))
  end
end

local function detach(fingerprint)
  if redis.call('HGET', keys.attached, fingerprint) == change.id then redis.call('HDEL', keys.attached, fingerprint) end
end
if not change.closed then
  redis.call('HSET', keys.open, change.subject, change.id)
elseif redis.call('HGET', keys.open, change.subject) == change.id then
  redis.call('HDEL', keys.open, change.subject)
  -- The end of a mere question is no end that could fail to last.
  if #change.fingerprints > 0 then
    redis.call('SET', keys.recent, change.id .. ' ' .. text(now), 'PX', rules.relapseWithin)
  end
  for _, fingerprint in ipairs(change.fingerprints) do detach(fingerprint) end
  for _, fingerprint in ipairs(redis.call('HKEYS', keys.crowd)) do detach(fingerprint) end
end
redis.call('HSET', keys.unshown, change.id, change.version)
for _, sink in ipairs(change.sinks) do redis.call('HSET', keys.untold, sink .. ' ' .. change.id, change.version) end
if change.closed then
  redis.call('ZADD', keys.closed, text(change.closedAt or now), change.id)
  redis.call('ZREMRANGEBYSCORE', keys.closed, '-inf', '(' .. text(now - change.keptSeconds * 1000))
  redis.call('EXPIRE', keys.incident, change.keptSeconds)
  redis.call('EXPIRE', keys.timeline, change.keptSeconds)
  redis.call('EXPIRE', keys.crowd, change.keptSeconds)
end
if change.once then redis.call('SET', keys.once, change.id, 'PX', rules.onceFor) end
return answer('committed', #next > 0 and { next = next } or nil)
