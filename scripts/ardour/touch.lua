-- Plays from frame 0 with a plugin's parameter in touch mode, and tells the lane that was recorded.
-- Run: ardour7-lua touch.lua SESSION_FOLDER NAME RATE BLOCK_FRAMES TRACK PARAMETER PLAY_MILLIS
local folder, name, rate, block, track, parameter, millis = table.unpack(arg)
local function say(...) print("simmer", ...) io.stdout:flush() end

AudioEngine:set_backend("None (Dummy)", "simmer", "")
AudioEngine:set_sample_rate(tonumber(rate))
assert(AudioEngine:set_buffer_size(tonumber(block)) == 0, "the block size is refused")
local session = load_session(folder, name)
assert(session, "the session cannot be loaded")
local plugin = session:route_by_name(track):nth_plugin(0)
assert(not plugin:isnil(), "there is no plugin on " .. track)
local wanted = Evoral.Parameter(ARDOUR.AutomationType.PluginAutomation, 0, tonumber(parameter))
local control = plugin:to_automatable():automation_control(wanted, true)
assert(not control:isnil(), "there is no such parameter")
control:set_automation_state(ARDOUR.AutoState.Touch)
ARDOUR.LuaAPI.usleep(2000000)
local by_user = ARDOUR.TransportRequestSource.TRS_UI
session:request_locate(0, false, ARDOUR.LocateTransportDisposition.MustStop, by_user)
ARDOUR.LuaAPI.usleep(1500000)
session:request_roll(by_user)
say("rolling")
ARDOUR.LuaAPI.usleep(tonumber(millis) * 1000)
session:request_stop(false, false, by_user)
ARDOUR.LuaAPI.usleep(1000000)
for event in control:alist():list():events():iter() do say("point", event.when:samples(), event.value) end
say("recorded")
close_session()
say("done")
