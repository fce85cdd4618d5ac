-- Ardour's own bounce: it tells plugins "realtime", runs blocks of 8192 frames faster than the clock, and gives one lane
-- value per block. Run: ardour7-lua bounce.lua SESSION_FOLDER NAME RATE TRACK START END
local folder, name, rate, track_name, from, to = table.unpack(arg)
local function say(...) print("simmer", ...) io.stdout:flush() end

AudioEngine:set_backend("None (Dummy)", "simmer", "")
AudioEngine:set_sample_rate(tonumber(rate))
local session = load_session(folder, name)
assert(session, "the session cannot be loaded")
ARDOUR.LuaAPI.usleep(500000)
local track = session:route_by_name(track_name):to_track()
say("bouncing")
local region = track:bounce_range(tonumber(from), tonumber(to), ARDOUR.InterThreadInfo(), track:main_outs(), false, "bounced")
assert(not region:isnil(), "the bounce was refused")
say("bounced", region:name(), region:length():samples())
session:save_state("", false, false, false, false, false)
close_session()
say("done")
