--[[
Writes what the owner of a site folded since its last commit: all of it or nothing, and once however often it is sent.

KEYS  1 meta   2 state   3 events   4 frames   5 facts   6.. view of each channel, in the order of ARGV
ARGV  1 owner      `<epoch>:<token>` under which the caller folded
      2 from       sequence number of the commit before this one
      3 to         sequence number of this commit
      4 cursor     last folded entry of events
      5 at         site clock
      6 trimTo     events older than this id are no longer needed; '' trims nothing
      7 maxFrames  about how many frames are kept
      8 statePuts  number of fields to set in state
      9 stateDels  number of fields to delete from state
     10 channels   number of channels that changed
     11 facts      JSON array of facts; '' for none
     12 maxFacts   about how many entries of facts are kept when nobody takes them into history
     then per channel: name, rev, '1' if the view is rewritten else '0', number of puts, number of dels, frame
     then the bulk:    state field, value ...; state field to delete ...;
                       per channel field, value ...; field to delete ...
Returns 'ok'       written
        'already'  this very commit was written before and its answer was lost
        'fenced'   another owner has taken over; nothing was written
        'gap'      the stored site is not the one this commit continues (Redis lost data); nothing was written
]]
local meta = KEYS[1]

local stored = redis.call('HMGET', meta, 'owner', 'commit')
if stored[1] ~= ARGV[1] then
  return 'fenced'
end
local commit = stored[2] or '0'
if commit == ARGV[3] then
  return 'already'
end
if commit ~= ARGV[2] then
  return 'gap'
end

-- Lua's stack bounds how many values one unpack may spread (8,000).
local CHUNK = 4000
local position = 13 + 6 * tonumber(ARGV[10])

local function bulk(command, key, count)
  local last = position + count - 1
  while position <= last do
    local stop = math.min(position + CHUNK - 1, last)
    redis.call(command, key, unpack(ARGV, position, stop))
    position = stop + 1
  end
end

bulk('HSET', KEYS[2], 2 * tonumber(ARGV[8]))
bulk('HDEL', KEYS[2], tonumber(ARGV[9]))

local fields = { 'commit', ARGV[3], 'cursor', ARGV[4], 'at', ARGV[5] }
local frame = {}
for c = 1, tonumber(ARGV[10]) do
  local head = 7 + 6 * c
  local view = KEYS[5 + c]
  fields[#fields + 1] = 'rev:' .. ARGV[head]
  fields[#fields + 1] = ARGV[head + 1]
  fields[#fields + 1] = 'at:' .. ARGV[head]
  fields[#fields + 1] = ARGV[5]
  if ARGV[head + 2] == '1' then
    redis.call('DEL', view)
  end
  bulk('HSET', view, 2 * tonumber(ARGV[head + 3]))
  bulk('HDEL', view, tonumber(ARGV[head + 4]))
  frame[#frame + 1] = ARGV[head]
  frame[#frame + 1] = ARGV[head + 5]
end

redis.call('HSET', meta, unpack(fields))
if #frame > 0 then
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[7], '*', unpack(frame))
end
if ARGV[11] ~= '' then
  redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[12], '*', 'f', ARGV[11])
end
if ARGV[6] ~= '' then
  redis.call('XTRIM', KEYS[3], 'MINID', '~', ARGV[6])
end
return 'ok'
