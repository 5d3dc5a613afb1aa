-- Keeps alerts back in the bag of their subject, or takes out of it what was handed on.
--
-- keys: bag, the subject's (hash: fingerprint -> alert), and due (hash: subject key -> "<when> <subject as JSON>")
-- ARGV: 1 JSON: {key, put = {fingerprint: alert}, instead = {fingerprint: what lay there when it was read}, subject, window}
--               or {key, taken = {fingerprint: alert}}
-- What changed since it was read stays in the bag. Returns how many alerts went in or out.
local change = cjson.decode(ARGV[1])
local count = 0

if change.put then
  if redis.call('HEXISTS', keys.due, change.key) == 0 then
    local time = redis.call('TIME')
    local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
    redis.call('HSET', keys.due, change.key, string.format('%.0f', now + change.window) .. ' ' .. change.subject)
  end
  for fingerprint, alert in pairs(change.put) do
    if (redis.call('HGET', keys.bag, fingerprint) or nil) == change.instead[fingerprint] then
      redis.call('HSET', keys.bag, fingerprint, alert)
      count = count + 1
    end
  end
  return count
end

for fingerprint, alert in pairs(change.taken) do
  if redis.call('HGET', keys.bag, fingerprint) == alert then
    redis.call('HDEL', keys.bag, fingerprint)
    count = count + 1
  end
end
if redis.call('HLEN', keys.bag) == 0 then redis.call('HDEL', keys.due, change.key) end
return count
