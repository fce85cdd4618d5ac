-- Makes an Ardour session from a description (a Lua file that returns a table; scripts/lib/ardour/session.ts writes it).
-- Run: ardour7-lua make-session.lua DESCRIPTION
local plan = dofile(arg[1])
local function say(...) print("simmer", ...) io.stdout:flush() end

AudioEngine:set_backend("None (Dummy)", "simmer", "")
AudioEngine:set_sample_rate(plan.rate)
local session = create_session(plan.folder, plan.name, plan.rate)
assert(session, "the session cannot be created")

local function add_track(name)
  local made = session:new_audio_track(2, 2, nil, 1, name, ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true)
  for track in made:iter() do return track end
end

local tracks, sidechains = {}, {}
for _, wanted in ipairs(plan.tracks) do
  local track = add_track(wanted.name)
  tracks[wanted.name] = track
  for _, plugin in ipairs(wanted.plugins) do
    local processor = ARDOUR.LuaAPI.new_plugin(session, plugin.name, ARDOUR.PluginType.VST3, "")
    assert(not processor:isnil(), plugin.name .. " is not among the plugins: it was not scanned")
    track:add_processor_by_index(processor, -1, nil, true)
    for _, parameter in ipairs(plugin.parameters) do
      assert(ARDOUR.LuaAPI.set_processor_param(processor, parameter[1], parameter[2]), "a parameter is refused")
    end
    if plugin.sidechain then
      assert(track:add_sidechain(processor), plugin.name .. " takes no sidechain")
      sidechains[wanted.name] = processor:to_insert():sidechain_input()
    end
    say("plugin", wanted.name, plugin.name, "latency", processor:to_insert():signal_latency())
  end
end

for _, wanted in ipairs(plan.tracks) do
  if wanted.send_to then
    local target = sidechains[wanted.send_to]
    assert(target, "no sidechain on " .. wanted.send_to)
    local track = tracks[wanted.name]
    -- A Send and not a port connection: a port that feeds two places of different latency cannot be right for both.
    local send = ARDOUR.LuaAPI.new_send(session, track, track:amp()):to_send():output()
    for channel = 0, 1 do
      send:nth(channel):disconnect_all()
      send:nth(channel):connect(target:nth(channel):name())
    end
  end
end

for _, wanted in ipairs(plan.tracks) do
  local track = tracks[wanted.name]
  if wanted.off_mix then
    for channel = 0, 1 do track:output():nth(channel):disconnect_all() end
    -- Now and then Ardour connects them again when it loads the session: what is only to be sent has its fader down too,
    -- which lies after the send.
    if wanted.send_to then track:gain_control():set_value(0, PBD.GroupControlDisposition.NoGroup) end
  end
  for channel, source in ipairs(wanted.listens_to or {}) do
    local input = track:input():nth(channel - 1)
    input:disconnect_all()
    assert(input:connect(tracks[source]:output():nth(0):name()) == 0, wanted.name .. " cannot listen to " .. source)
  end
end

-- A plugin hears of a changed parameter when it processes, and can only save what it has heard of.
ARDOUR.LuaAPI.usleep(500000)
session:save_state("", false, false, false, false, false)
say("saved")
close_session()
say("done")
