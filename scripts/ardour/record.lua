-- Plays from frame 0 in the dummy engine, which keeps the pace of its driver, and records on a track what the tracks that it
-- listens to put out. Saves the session afterwards.
-- Run: ardour7-lua record.lua SESSION_FOLDER NAME RATE BLOCK_FRAMES DRIVER TRACK UNTIL_FRAME
local folder, name, rate, block, driver, track_name, until_frame = table.unpack(arg)
local function say(...) print("simmer", ...) io.stdout:flush() end

local backend = AudioEngine:set_backend("None (Dummy)", "simmer", "")
assert(backend:set_driver(driver) == 0, "the dummy engine has no driver " .. driver)
AudioEngine:set_sample_rate(tonumber(rate))
assert(AudioEngine:set_buffer_size(tonumber(block)) == 0, "the block size is refused")
local session = load_session(folder, name)
assert(session, "the session cannot be loaded")
ARDOUR.LuaAPI.usleep(2000000)
local by_user = ARDOUR.TransportRequestSource.TRS_UI
session:request_locate(0, false, ARDOUR.LocateTransportDisposition.MustStop, by_user)
ARDOUR.LuaAPI.usleep(1500000)
local track = session:route_by_name(track_name):to_track()
track:rec_enable_control():set_value(1, PBD.GroupControlDisposition.NoGroup)
session:maybe_enable_record()
ARDOUR.LuaAPI.usleep(500000)
session:request_roll(by_user)
say("rolling", 0)
while session:transport_sample() < tonumber(until_frame) do ARDOUR.LuaAPI.usleep(100000) end
say("at", session:transport_sample())
session:request_stop(false, false, by_user)
-- The recording is finished in the background; and the plugin is told what is to be saved once a second.
ARDOUR.LuaAPI.usleep(4000000)
track:rec_enable_control():set_value(0, PBD.GroupControlDisposition.NoGroup)
ARDOUR.LuaAPI.usleep(500000)
-- Its outputs are connected to nothing, but now and then Ardour connects them again when it loads the session.
track:mute_control():set_value(1, PBD.GroupControlDisposition.NoGroup)
ARDOUR.LuaAPI.usleep(500000)
session:save_state("", false, false, false, false, false)
say("recorded")
close_session()
say("done")
