-- Makes an Ardour session from a description (a Lua file that returns a table; scripts/lib/ardour/session.ts writes it).
-- Run: ardour7-lua make-session.lua DESCRIPTION
local plan = dofile(arg[1])
local function say(...) print("simmer", ...) io.stdout:flush() end

AudioEngine:set_backend("None (Dummy)", "simmer", "")
AudioEngine:set_sample_rate(plan.rate)
local session = create_session(plan.folder, plan.name, plan.rate)
assert(session and not session:isnil(), "the session cannot be created")

local function add_track(name)
  local made = session:new_audio_track(2, 2, nil, 1, name, ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true)
  for track in made:iter() do return track end
end

local function automate(processor, lane)
  local _, list, range = ARDOUR.LuaAPI.plugin_automation(processor, lane.parameter)
  for _, point in ipairs(lane.points) do
    list:add(Temporal.timepos_t(point[1]), range.lower + point[2] * (range.upper - range.lower), false, true)
  end
  local what = Evoral.Parameter(ARDOUR.AutomationType.PluginAutomation, 0, lane.parameter)
  local control = processor:to_insert():to_automatable():automation_control(what, false)
  control:set_automation_state(ARDOUR.AutoState.Play)
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
      local _, _, range = ARDOUR.LuaAPI.plugin_automation(processor, parameter[1])
      ARDOUR.LuaAPI.set_processor_param(processor, parameter[1], range.lower + parameter[2] * (range.upper - range.lower))
    end
    for _, lane in ipairs(plugin.lanes) do automate(processor, lane) end
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

session:save_state("", false, false, false, false, false)
close_session()
say("done")
