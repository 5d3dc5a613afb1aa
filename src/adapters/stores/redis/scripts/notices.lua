-- Keeps what was lost and which watchdogs came, and owes people a notice where one is due.
--
-- keys: notices (hash: id -> notice as JSON; begun:<id> -> 1), losses (hash: <reason> -> count; since:<reason>, told:<reason> -> when),
--       sights (hash: part -> JSON {since, last, told, mute?, what?, back?}; memory -> the name under which its newest absence was told),
--       watchdogs (hash: key -> JSON {name, from, last, every?, ended?, silent})
-- ARGV: 1 JSON: {op = 'lost', reason, count} | {op = 'owe', every} | {op = 'heard', key, name, from} | {op = 'ended', key}
--       | {op = 'look', after, since}
--       | {op = 'gone', about, what, words, gap, mute} | {op = 'seen', about, steady, gap, mute} | {op = 'doubtful', about, gap}
--       | {op = 'memory-back', id, since, back, latest}
--       2 the rules as JSON: {notices, blindAfter, watchdogs = {most, forgottenAfter, sameWithin}}
-- Times are epoch milliseconds by the clock of record. `look` returns the watchdogs that are silent, as JSON, `doubtful` yes or
-- nothing, and the others nothing.
-- What changes and the notice of it are one write, so that whoever dies loses neither, and two replicas owe one notice.
local change = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local rules = cjson.decode(ARGV[2])

local function text(number) return string.format('%.0f', number) end
local function mayOwe() return redis.call('HLEN', keys.notices) < rules.notices end
local function owe(id, notice)
  notice.at = now
  redis.call('HSET', keys.notices, id, cjson.encode(notice))
end

if change.op == 'lost' then
  redis.call('HINCRBY', keys.losses, change.reason, change.count)
  redis.call('HSETNX', keys.losses, 'since:' .. change.reason, text(now))
  return
end

if change.op == 'owe' then
  local fields = redis.call('HGETALL', keys.losses)
  for index = 1, #fields, 2 do
    local reason, count = fields[index], tonumber(fields[index + 1])
    if not string.find(reason, ':', 1, true) and count > 0 and mayOwe() then
      local told = tonumber(redis.call('HGET', keys.losses, 'told:' .. reason) or '0')
      if told + change.every <= now then
        local since = tonumber(redis.call('HGET', keys.losses, 'since:' .. reason) or text(now))
        owe('lost-' .. reason .. '-' .. text(now), { kind = 'lost', reason = reason, count = count, since = since })
        redis.call('HDEL', keys.losses, reason, 'since:' .. reason)
        redis.call('HSET', keys.losses, 'told:' .. reason, text(now))
      end
    end
  end
  return
end

local function sightOf(about)
  local stored = redis.call('HGET', keys.sights, about)
  return stored and cjson.decode(stored)
end

if change.op == 'gone' then
  local sight = sightOf(change.about)
  -- What nobody looked at for long began anew, for all that is known.
  if not sight or (not sight.told and now - sight.last > change.gap) then sight = { since = now, told = false } end
  sight.last = now
  sight.back = nil
  sight.what = change.what
  -- It did not even answer: whatever it answers next is the end of that.
  sight.mute = sight.mute or change.mute
  if not sight.told and now - sight.since >= rules.blindAfter and mayOwe() then
    sight.told = true
    owe('blind-' .. change.about .. '-' .. text(sight.since), { kind = 'blind', about = change.about, what = change.what, words = change.words, since = sight.since })
  end
  redis.call('HSET', keys.sights, change.about, cjson.encode(sight))
  return
end

if change.op == 'seen' then
  local sight = sightOf(change.about)
  -- That it is there says nothing of one that was there and answered badly.
  if not sight or (change.mute and not sight.mute) then return end
  if sight.told then
    sight.back = sight.back or now
    -- One that comes and goes is not back yet.
    if now - sight.back < change.steady or not mayOwe() then
      redis.call('HSET', keys.sights, change.about, cjson.encode(sight))
      return
    end
    owe('sighted-' .. change.about .. '-' .. text(sight.since),
      { kind = 'sighted', about = change.about, what = sight.what, since = sight.since, back = sight.back, latest = sight.back - sight.last > change.gap })
  end
  redis.call('HDEL', keys.sights, change.about)
  return
end

if change.op == 'doubtful' then
  local sight = sightOf(change.about)
  return sight and (sight.mute or now - sight.last <= change.gap) and 'yes'
end

if change.op == 'memory-back' then
  local isOwed = redis.call('HEXISTS', keys.notices, 'sighted-' .. change.id) == 1
  if isOwed or redis.call('HGET', keys.sights, 'memory') == change.id or not mayOwe() then return end
  redis.call('HSET', keys.sights, 'memory', change.id)
  owe('sighted-' .. change.id, { kind = 'sighted', about = 'memory', since = change.since, back = change.back, latest = change.latest })
  return
end

local function known(key)
  local stored = redis.call('HGET', keys.watchdogs, key)
  return stored and cjson.decode(stored)
end
local function keep(key, dog) redis.call('HSET', keys.watchdogs, key, cjson.encode(dog)) end
local function idOf(kind, key, dog) return kind .. '-' .. redis.sha1hex(key .. ' ' .. text(dog.last)) end

if change.op == 'heard' then
  local dog = known(change.key)
  if not dog then
    if redis.call('HLEN', keys.watchdogs) >= rules.watchdogs.most then return end
    keep(change.key, { name = change.name, from = change.from, last = now, silent = false })
    return
  end
  local distance = now - dog.last
  if distance < rules.watchdogs.sameWithin and not dog.silent then return end
  -- How long it may usually be away: grows at once, and shrinks slowly. A silence that was told is half believed to be usual.
  local every = dog.every
  if not every or (distance > every and not dog.silent) then every = distance
  elseif dog.silent then every = math.floor((every + distance) / 2)
  else every = math.floor(every * 0.9 + distance * 0.1) end
  if dog.silent and mayOwe() then
    owe(idOf('back', change.key, dog), { kind = 'back', name = dog.name, from = dog.from, last = dog.last })
  end
  keep(change.key, { name = change.name, from = change.from, last = now, every = every, silent = false })
  return
end

if change.op == 'ended' then
  local dog = known(change.key)
  if dog and not dog.ended then
    dog.ended = now
    keep(change.key, dog)
  end
  return
end

local silent = {}
local dogs = redis.call('HGETALL', keys.watchdogs)
for index = 1, #dogs, 2 do
  local key, dog = dogs[index], cjson.decode(dogs[index + 1])
  local due = math.max(dog.last, change.since) + math.max(change.after, 2 * (dog.every or 0))
  if dog.ended then due = math.min(due, math.max(dog.ended, change.since) + change.after) end
  if dog.silent and now - dog.last > rules.watchdogs.forgottenAfter then redis.call('HDEL', keys.watchdogs, key)
  elseif not dog.silent and due <= now and mayOwe() then
    dog.silent = true
    owe(idOf('silent', key, dog), { kind = 'silent', name = dog.name, from = dog.from, last = dog.last, every = dog.every or cjson.null })
    keep(key, dog)
  end
  if dog.silent then table.insert(silent, { name = dog.name, from = dog.from, last = dog.last }) end
end
return #silent == 0 and '[]' or cjson.encode(silent)
