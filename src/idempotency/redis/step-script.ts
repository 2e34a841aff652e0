/**
 * One step of {@link Step} in Redis, atomic as every script is. KEYS[1] is the prefix of all keys, ARGV[1] the step as
 * JSON with the version it is for (the generation alone lets another edition pass). Answers a flat list of texts: kind, now in ms, rate count, rate start, number of
 * records, the records, then four texts for each document (table, id, stamp, text; an absent one has no stamp).
 *
 * A record is kept as its token, a line feed and its text; a document as its stamp, a colon and its text.
 */
export const STEP_SCRIPT = `
local prefix = KEYS[1]
local ask = cjson.decode(ARGV[1])
local meta = redis.call('HMGET', prefix .. 'meta', 'generation', 'edition', 'offsetMs')
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000 + tonumber(meta[3] or 0)
local space = prefix .. (meta[1] or '') .. ':'
local count, start = '', ''
local records, documents = {}, {}

local function answer(kind)
  local list = { kind, string.format('%.3f', now), tostring(count), tostring(start), tostring(#records) }
  for _, record in ipairs(records) do list[#list + 1] = record end
  for _, text in ipairs(documents) do list[#list + 1] = text end
  return list
end

local known = meta[1] and (ask.version == meta[1] or ask.version == meta[1] .. '.' .. meta[2])
if not known then return answer('moved') end

local function tell(tableName, id, value)
  local stamp, text = '', ''
  if value then
    local colon = string.find(value, ':', 1, true)
    stamp, text = string.sub(value, 1, colon - 1), string.sub(value, colon + 1)
  end
  for _, part in ipairs({ tableName, id, stamp, text }) do documents[#documents + 1] = part end
end

local function tellDocuments()
  for _, name in ipairs(ask.documents or {}) do
    local hash = space .. 'd:' .. name.table
    if name.id then tell(name.table, name.id, redis.call('HGET', hash, name.id))
    else
      local all = redis.call('HGETALL', hash)
      for index = 1, #all, 2 do tell(name.table, all[index], all[index + 1]) end
    end
  end
end

if ask.login and redis.call('EXISTS', space .. 'x:' .. ask.login) == 1 then return answer('revoked') end

if ask.rate then
  local window = space .. 'r:' .. ask.rate.name
  local held = redis.call('HMGET', window, 'start', 'count')
  start, count = tonumber(held[1] or now), tonumber(held[2] or 0)
  if now - start >= ask.rate.windowMs then start, count = now, 0 end
  count = count + 1
  redis.call('HSET', window, 'start', string.format('%.3f', start), 'count', count)
  redis.call('PEXPIRE', window, ask.rate.windowMs * 2)
  start = string.format('%.3f', start)
  if count > ask.rate.allowed then return answer('limited') end
end

local function recordName(id) return space .. 'k:' .. id end
local function tokenOf(held) return string.sub(held, 1, string.find(held, '\\n', 1, true) - 1) end
local function textOf(held) return string.sub(held, string.find(held, '\\n', 1, true) + 1) end

local function keep(id, key, record)
  local index = space .. 'i:' .. key
  local held = record.token .. '\\n' .. record.text
  redis.call('SADD', index, id)
  if record.keepForMs then
    redis.call('SET', recordName(id), held, 'PX', record.keepForMs)
    if redis.call('PTTL', index) < record.keepForMs then redis.call('PEXPIRE', index, record.keepForMs) end
  else
    redis.call('SET', recordName(id), held)
    redis.call('PERSIST', index)
  end
end

local function unchanged()
  for _, change in ipairs(ask.changes or {}) do
    local held = redis.call('HGET', space .. 'd:' .. change.table, change.id)
    local stamp = held and string.sub(held, 1, string.find(held, ':', 1, true) - 1) or ''
    if stamp ~= change.stamp then return false end
  end
  return true
end

local step = ask.key
if step and step.op == 'replace' then
  local held = redis.call('GET', recordName(step.id))
  if not held or tokenOf(held) ~= step.token then return answer('held') end
end
if not unchanged() then
  tellDocuments()
  return answer('changed')
end

if step and step.op == 'get' then
  local held = redis.call('GET', recordName(step.id))
  if held then records[1] = textOf(held) end
elseif step and step.op == 'find' then
  for _, id in ipairs(redis.call('SMEMBERS', space .. 'i:' .. step.key)) do
    local held = redis.call('GET', recordName(id))
    if held then records[#records + 1] = textOf(held) end
  end
elseif step and (step.op == 'claim' or step.op == 'put') then
  local held = redis.call('GET', recordName(step.id))
  if held then records[1] = textOf(held) end
  if held and step.op == 'claim' then return answer('held') end
  keep(step.id, step.key, step.record)
elseif step and step.record then keep(step.id, step.key, step.record)
elseif step then redis.call('DEL', recordName(step.id))
end

for _, change in ipairs(ask.changes or {}) do
  local hash = space .. 'd:' .. change.table
  if change.text then
    redis.call('HSET', hash, change.id, redis.call('INCR', space .. 'stamp') .. ':' .. change.text)
  else redis.call('HDEL', hash, change.id)
  end
end
if not ask.changes then tellDocuments() end
return answer('done')
`;

/**
 * Makes the constitution where there is none, or (ARGV[1] `reset`) a new one. KEYS[1]: the prefix; ARGV: what to do,
 * seed, world, secret. Answers generation, edition, seed, world, policy, secret, and when it was made.
 */
export const CONSTITUTION_SCRIPT = `
local meta = KEYS[1] .. 'meta'
local act = ARGV[1]
if act == 'reset' or redis.call('EXISTS', meta) == 0 then
  local generation = redis.call('INCR', KEYS[1] .. 'generations')
  redis.call('HSET', meta, 'generation', generation, 'seed', ARGV[2], 'world', ARGV[3])
  redis.call('HSETNX', meta, 'edition', 0)
  redis.call('HSETNX', meta, 'offsetMs', 0)
  redis.call('HSETNX', meta, 'secret', ARGV[4])
  local time = redis.call('TIME')
  local madeMs = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000 + tonumber(redis.call('HGET', meta, 'offsetMs'))
  redis.call('HSET', meta, 'madeMs', string.format('%.3f', madeMs))
elseif act == 'policy' then
  redis.call('HSET', meta, 'policy', ARGV[2])
  redis.call('HINCRBY', meta, 'edition', 1)
end
return redis.call('HMGET', meta, 'generation', 'edition', 'seed', 'world', 'policy', 'secret', 'madeMs')
`;
