/**
 * One step of {@link Step} in Redis, atomic as every script is. KEYS[1] is the prefix of all keys, ARGV[1] the step as
 * JSON, which names its texts by their places in ARGV, with what its sender knew: generation, edition, what was added to
 * the clock, and until when by Redis's own clock it waits for the answer. Later than that nothing is done: a step that
 * lay in a frozen Redis must not happen when nobody counts on it any more.
 *
 * Answers a flat list of texts: kind, now in ms, revoked, rate count, rate start, stamp of the stored record, number of
 * records, then two texts for each record (stamp, text) and four for each document (table, id, stamp, text; an absent
 * one has no stamp).
 *
 * Records and documents are kept as stamp, colon and text. A stamp is never given twice. A document's begins with the
 * number that it had when it came into being (0: before all steps), so that a table can be told in that order.
 */
export const STEP_SCRIPT = `
local prefix = KEYS[1]
local ask = cjson.decode(ARGV[1])
local meta = redis.call('HMGET', prefix .. 'meta', 'generation', 'edition', 'addedMs')
local time = redis.call('TIME')
local realMs = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local addedMs = meta[3] or '0'
local now = realMs + tonumber(addedMs)
local space = prefix .. (meta[1] or '') .. ':'
local revoked, count, start, stored = '', '', '', ''
local records, documents = {}, {}

local function answer(kind)
  local list = { kind, string.format('%.3f', now), revoked, tostring(count), tostring(start), stored }
  list[#list + 1] = tostring(#records / 2)
  for _, text in ipairs(records) do list[#list + 1] = text end
  for _, text in ipairs(documents) do list[#list + 1] = text end
  return list
end

if ask.generation ~= meta[1] then return answer('moved') end
if ask.edition and (ask.edition ~= meta[2] or ask.addedMs ~= addedMs) then return answer('moved') end
if realMs > ask.untilMs then return answer('late') end

local function stampOf(held) return held and string.sub(held, 1, string.find(held, ':', 1, true) - 1) or '' end
local function textOf(held) return held and string.sub(held, string.find(held, ':', 1, true) + 1) or '' end
local function nextStamp() return string.format('%.0f', redis.call('HINCRBY', prefix .. 'meta', 'stamp', 1)) end

local function tell(tableName, id, held)
  for _, part in ipairs({ tableName, id, stampOf(held), textOf(held) }) do documents[#documents + 1] = part end
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

local function tellRecord(held)
  records[#records + 1] = stampOf(held)
  records[#records + 1] = textOf(held)
end

if ask.revoke then redis.call('SET', space .. 'x:' .. ask.revoke.login, '1', 'PX', ask.revoke.forMs) end
if ask.login and redis.call('EXISTS', space .. 'x:' .. ask.login) == 1 then revoked = '1' end

local limited = false
if ask.rate and (revoked == '' or ask.rate.first) then
  local window = space .. 'r:' .. ask.rate.name
  local held = redis.call('HMGET', window, 'start', 'count')
  start, count = tonumber(held[1] or now), tonumber(held[2] or 0)
  if now - start >= ask.rate.windowMs then start, count = now, 0 end
  count = count + 1
  redis.call('HSET', window, 'start', string.format('%.3f', start), 'count', count)
  redis.call('PEXPIRE', window, ask.rate.windowMs * 2)
  start = string.format('%.3f', start)
  limited = count > ask.rate.allowed
end
local step = ask.key
if step and (limited or revoked ~= '') then return answer('stopped') end

local function recordName(id) return space .. 'k:' .. id end

local function index(id, key, keepForMs)
  local ids = space .. 'i:' .. key
  local leftMs = redis.call('PTTL', ids)
  redis.call('SADD', ids, id)
  if not keepForMs then redis.call('PERSIST', ids)
  elseif leftMs ~= -1 and leftMs < keepForMs then redis.call('PEXPIRE', ids, keepForMs) end
end

local function keep(id, key, record)
  index(id, key, record.keepForMs)
  stored = nextStamp()
  local held = stored .. ':' .. ARGV[record.text]
  if record.keepForMs then redis.call('SET', recordName(id), held, 'PX', record.keepForMs)
  else redis.call('SET', recordName(id), held) end
end

local function unchanged()
  for _, change in ipairs(ask.changes or {}) do
    if stampOf(redis.call('HGET', space .. 'd:' .. change.table, change.id)) ~= change.stamp then return false end
  end
  return true
end

if step and step.op == 'replace' then
  local held = redis.call('GET', recordName(step.id))
  if stampOf(held) ~= step.stamp then
    if held then tellRecord(held) end
    return answer('held')
  end
end
if not unchanged() then
  tellDocuments()
  return answer('changed')
end

if step and step.op == 'find' then
  for _, id in ipairs(redis.call('SMEMBERS', space .. 'i:' .. step.key)) do
    local held = redis.call('GET', recordName(id))
    if held then tellRecord(held) else redis.call('SREM', space .. 'i:' .. step.key, id) end
  end
elseif step and step.op ~= 'replace' then
  local held = redis.call('GET', recordName(step.id))
  if held then tellRecord(held) end
  if held and step.op == 'claim' then return answer('held') end
  if step.record then keep(step.id, step.key, step.record) end
elseif step and step.record then keep(step.id, step.key, step.record)
elseif step then redis.call('DEL', recordName(step.id))
end

local function write(change)
  local hash = space .. 'd:' .. change.table
  local stamp = nextStamp()
  local born = change.isNew and stamp or string.match(change.stamp, '^%d+') or '0'
  redis.call('HSET', hash, change.id, born .. '-' .. stamp .. ':' .. ARGV[change.text])
  if not change.keeps or not change.isNew then return end
  local order = space .. 'o:' .. change.table
  redis.call('RPUSH', order, change.id)
  while redis.call('LLEN', order) > change.keeps do redis.call('HDEL', hash, redis.call('LPOP', order)) end
end

for _, change in ipairs(ask.changes or {}) do
  if change.text then write(change) else redis.call('HDEL', space .. 'd:' .. change.table, change.id) end
end
if not ask.changes then tellDocuments() end
return answer('done')
`;

/**
 * What all servers start from. KEYS[1]: the prefix; ARGV[1]: JSON with what to do (`make`, `reset`, `policy`, `advance`)
 * and its value, what a state begins with that has to be made, until when the sender waits for the answer, and what it
 * knows of as added to the clock: also where a Redis lost everything, time does not go back.
 *
 * Answers generation, edition, seed, world, policy, since when it holds, secret, when the state was made, what was added
 * to the clock, and now; or nothing at all, where it came too late and nothing was done.
 */
export const CONSTITUTION_SCRIPT = `
local meta = KEYS[1] .. 'meta'
local ask = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local realMs = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
if ask.untilMs and realMs > ask.untilMs then return {} end
local addedMs = redis.call('HGET', meta, 'addedMs') or '0'
if tonumber(ask.addedMs) > tonumber(addedMs) then
  addedMs = ask.addedMs
  redis.call('HSET', meta, 'addedMs', addedMs)
end
local function now() return string.format('%.3f', realMs + tonumber(addedMs)) end

local former = redis.call('HGET', meta, 'generation')
if ask.act == 'reset' or not former then
  if former then redis.call('SADD', KEYS[1] .. 'former', former) end
  redis.call('HSET', meta, 'generation', ask.generation, 'seed', ask.seed, 'world', ask.world, 'madeMs', now())
  redis.call('HSETNX', meta, 'edition', '0')
  redis.call('HSETNX', meta, 'secret', ask.secret)
end
if not former and ask.policy then redis.call('HSET', meta, 'policy', ask.policy, 'policySinceMs', now()) end
if ask.act == 'policy' then
  redis.call('HSET', meta, 'policy', ask.value, 'policySinceMs', now())
  redis.call('HINCRBY', meta, 'edition', 1)
elseif ask.act == 'advance' then
  addedMs = redis.call('HINCRBYFLOAT', meta, 'addedMs', ask.value)
end
local names = { 'generation', 'edition', 'seed', 'world', 'policy', 'policySinceMs', 'secret', 'madeMs' }
local held = redis.call('HMGET', meta, unpack(names))
held[9], held[10] = addedMs, now()
return held
`;
