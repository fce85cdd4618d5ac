-- Plays in the dummy engine, which keeps the clock's pace: rolls, and seeks.
-- Run: ardour7-lua roll.lua SESSION_FOLDER NAME RATE BLOCK_FRAMES { SEEK_FRAME PLAY_MILLIS }...
local folder, name, rate, block = table.unpack(arg)
local function say(...) print("simmer", ...) io.stdout:flush() end

AudioEngine:set_backend("None (Dummy)", "simmer", "")
AudioEngine:set_sample_rate(tonumber(rate))
assert(AudioEngine:set_buffer_size(tonumber(block)) == 0, "the block size is refused")
local session = load_session(folder, name)
assert(session, "the session cannot be loaded")
ARDOUR.LuaAPI.usleep(2000000)
local by_user = ARDOUR.TransportRequestSource.TRS_UI
session:request_locate(tonumber(arg[5]), false, ARDOUR.LocateTransportDisposition.MustStop, by_user)
ARDOUR.LuaAPI.usleep(1500000)
for index = 5, #arg, 2 do
  if index == 5 then
    session:request_roll(by_user)
  else
    session:request_locate(tonumber(arg[index]), false, ARDOUR.LocateTransportDisposition.MustRoll, by_user)
  end
  say("rolling", arg[index])
  ARDOUR.LuaAPI.usleep(tonumber(arg[index + 1]) * 1000)
  say("at", session:transport_sample())
end
session:request_stop(false, false, by_user)
ARDOUR.LuaAPI.usleep(1000000)
say("played")
close_session()
say("done")
