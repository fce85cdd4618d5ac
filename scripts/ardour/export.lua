-- Exports a range of a session as fast as it renders (freewheeling), at a block size of our choice.
-- Run: ardour7-lua export.lua SESSION_FOLDER NAME RATE BLOCK_FRAMES PRESET OUT_FOLDER OUT_NAME START END
local folder, name, rate, block, preset, out, out_name, from, to = table.unpack(arg)
local function say(...) print("simmer", ...) io.stdout:flush() end

AudioEngine:set_backend("None (Dummy)", "simmer", "")
AudioEngine:set_sample_rate(tonumber(rate))
assert(AudioEngine:set_buffer_size(tonumber(block)) == 0, "the block size is refused")
local session = load_session(folder, name)
assert(session, "the session cannot be loaded")
local export = session:simple_export()
assert(export:set_preset(preset), "the export preset is missing")
export:set_folder(out)
export:set_name(out_name)
export:set_range(tonumber(from), tonumber(to))
say("exporting")
assert(export:run_export(), "the export was aborted")
say("exported")
close_session()
say("done")
