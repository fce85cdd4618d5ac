//! Plays a scenario in one or many instances of the built plugin and writes what came out.
//!
//!     simmer-host SCENARIO.json --out FOLDER [--plugin PATH] [--instances N]
//!
//! `PATH` is a bundle or a binary; without it, the plugin that cargo built beside this program. The plugin finds its
//! service by SIMMER_RUNTIME_DIR. With `--instances` N instances play the scenario at once, each on threads of its own;
//! a file `{"instances": [scenario, …]}` plays several scenarios at once (N of each).
//!
//! Written to FOLDER: a WAV file (float32, stereo) for each segment, and `report.json`.
//!
//! Exit status: 0 all was played; 1 the plugin broke its contract (output that is not finite, not written, or beyond the
//! block; inputs changed); 2 the scenario, a file or the machine is at fault, or a status did not come. A plugin that
//! crashes takes this program with it.
//!
//! # Scenario
//!
//! All positions are song frames, within ±2^53; all parameter values plain and all parameters named by the titles the plugin gives.
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `sampleRate` | Hz | 48000 |
//! | `blockFramesMax` | the largest block announced | 8192 |
//! | `tempoBpm` | | 120 |
//! | `loadState`, `saveState` | files: loaded before the plugin is set up, saved after the last segment. Relative ones lie in FOLDER; `{instance}` is the instance's number; no two instances may save the same | none |
//! | `parameters` | `{"Take": 7, …}`, told in the first call | none |
//! | `signature` | `[4, 4]`: the time signature, bars counted from song frame 0 | says nothing of bars |
//! | `track` | `{"name", "colour"}` (0xRRGGBB): of the instance's track | says nothing |
//! | `runLoop` | the plugin is given the host's run loop, turned by the thread that made it while another plays (Linux) | false |
//! | `touch` | titles of parameters whose lane is in touch mode: written while a gesture is open and the transport plays, else read | none |
//! | `segments` | what is done, in order | |
//!
//! # Segment
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `kind` | `play`; `stop` (the transport stands); `bounce` (as Ardour exports); `announced-offline`; `prefetch` | |
//! | `name` | of its files; letters, digits, `-`, `_` | its index |
//! | `fromFrame`, `frameCount` | where it begins, how many frames are played and recorded | 0, |
//! | `blocks` | frames of each call: `512`, `[64, 512, 1]` in turn, or `{"random": seed, "max": n}` (1 to n) | 512; offline 8192 |
//! | `pace` | `realtime` (a call when its first frame is due, as a driver would), `fast`, `{"aheadMillis": n}` | by kind |
//! | `thread` | `setup` (the one that sets the plugin up) or `another` | `another`; bounce `setup` |
//! | `setupMode`, `callMode` | what setupProcessing and processMode say: `realtime`, `prefetch`, `offline` | by kind |
//! | `setUpAgain` | deactivate, set up, activate first, though nothing has changed | bounce only |
//! | `sampleRate`, `blockFramesMax` | as of the scenario; a change sets the plugin up again | the scenario's |
//! | `loop` | `{"start", "end", "wrap"}`: `split` (blocks end with the loop), `inside` (they go on at its start), `none` (told, not done) | none |
//! | `transport` | `normal`, `null-context`, `no-position` (a context of zeros), `stuck` (playing, always at `fromFrame`) | `normal` |
//! | `lane` | `{"points": [{"frame", "value"}, …], "delivery"}`: temperatures joined by lines; two at one frame are a jump | none |
//! | `lane.delivery` | `points` (first value at offset 0, points at theirs, last value at the block's length), `inside` (the last value at the last frame), `staircase` (one point at offset 0 with the value at the block's end: Ardour's bounce), `steps` (the same with the value at its start) | `points` |
//! | `guideAmount` | a lane like `lane`, of the Guide amount (0 to 1) | none |
//! | `guide` | `{"kind": "sine" or "noise", "hz", "amplitude", "seed", "bus": "sidechain" or "input"}`, by song frame | none |
//! | `parameters` | told in the segment's first call | none |
//! | `automation` | `[{"frame", "parameter", "value"}, …]`, told at that frame, in every pass of a loop | none |
//! | `abuse` | `nullInputsEvery`, `nullOutputsEvery`, `nullChannelsEvery`, `emptyBlockEvery` (every n-th call), `inPlace`, `dirtyOutput` (`marked`, `previous`, `loud`) | none |
//! | `loadState`, `saveState` | before and after the segment | none |
//! | `pauseMillis` | nothing is called for so long before it | 0 |
//! | `untilStatus`, `untilMillis` | of `stop`: calls come, unrecorded, until the plugin's Status reads so; then its frames | , 30000 |
//! | `untilFile` | a file in FOLDER: the segment ends after the call at which it is there, else with its frames | none |
//!
//! The lies are overrides: told realtime and rendered at once is `{"kind": "play", "pace": "fast"}` or
//! `bounce`; told offline and played live is `{"kind": "announced-offline", "pace": "realtime"}`.
//!
//! # Report
//!
//! `{"plugin", "instances": [{"instance", "segments", "gestures", "touched", "state", "trouble"}]}`; the fields are documented in
//! `crates/host-kit/src/play/report.rs`. `passages` of a segment says which song frames its recorded frames are.

use serde_json::json;
use simmer_host::play::play;
use simmer_host::{Module, binary_of};
use simmer_host_kit::find_library;
use simmer_host_kit::play::place::{Place, saves_apart};
use simmer_host_kit::play::report::InstanceReport;
use simmer_host_kit::play::{Trouble, scenario::Scenario};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: simmer-host SCENARIO.json --out FOLDER [--plugin PATH] [--instances N]";

/// Instances at once, at most.
const INSTANCES_MAX: usize = 1000;

struct Arguments {
    scenario: PathBuf,
    out: PathBuf,
    plugin: Option<PathBuf>,
    instances: usize,
}

fn arguments() -> Result<Arguments, String> {
    let (mut scenario, mut out, mut plugin, mut instances) = (None, None, None, 1);
    let mut given = std::env::args_os().skip(1);
    while let Some(argument) = given.next() {
        let mut value = || given.next().ok_or(format!("{} needs a value; {USAGE}", argument.display()));
        match argument.to_str() {
            Some("--out") => out = Some(PathBuf::from(value()?)),
            Some("--plugin") => plugin = Some(PathBuf::from(value()?)),
            Some("--instances") => {
                let text = value()?;
                let number = text.to_str().and_then(|text| text.parse().ok());
                instances = number
                    .filter(|number| (1..=INSTANCES_MAX).contains(number))
                    .ok_or(format!("--instances is 1 to {INSTANCES_MAX}, not '{}'", text.display()))?;
            }
            Some(option) if option.starts_with("--") => return Err(format!("there is no {option}; {USAGE}")),
            _ if scenario.is_none() => scenario = Some(PathBuf::from(argument)),
            _ => return Err(format!("one scenario, please; {USAGE}")),
        }
    }
    Ok(Arguments { scenario: scenario.ok_or(USAGE)?, out: out.ok_or(USAGE)?, plugin, instances })
}

fn run() -> Result<Option<Trouble>, String> {
    let arguments = arguments()?;
    let named = |path: &Path, why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let text = std::fs::read_to_string(&arguments.scenario).map_err(|why| named(&arguments.scenario, &why))?;
    let scenarios = Scenario::read(&text).map_err(|why| named(&arguments.scenario, &why))?;
    std::fs::create_dir_all(&arguments.out).map_err(|why| named(&arguments.out, &why))?;
    let plugin = arguments.plugin.map_or_else(|| find_library("simmer_vst3"), |path| Ok(binary_of(&path)))?;
    let module = Module::open(&plugin)?;
    let all: Vec<&Scenario> = scenarios.iter().flat_map(|one| std::iter::repeat_n(one, arguments.instances)).collect();
    saves_apart(&all, &arguments.out).map_err(|why| named(&arguments.scenario, &why))?;
    let played = std::thread::scope(|scope| {
        let (module, folder) = (&module, arguments.out.as_path());
        let threads: Vec<_> = all
            .iter()
            .enumerate()
            .map(|(instance, scenario)| scope.spawn(move || play(module, scenario, Place { folder, instance })))
            .collect();
        threads
            .into_iter()
            .enumerate()
            .map(|(instance, thread)| {
                thread.join().unwrap_or_else(|_| {
                    let trouble = Trouble::Scenario("the host itself failed; see above".to_owned());
                    let report =
                        InstanceReport { instance, trouble: Some(trouble.to_string()), ..InstanceReport::default() };
                    (report, Some(trouble))
                })
            })
            .collect::<Vec<_>>()
    });
    let mut worst = None;
    for (report, trouble) in &played {
        let Some(trouble) = trouble else { continue };
        eprintln!("simmer-host: instance {}: {trouble}", report.instance);
        if !matches!(worst, Some(Trouble::Plugin(_))) {
            worst = Some(trouble.clone());
        }
    }
    let instances: Vec<_> = played.into_iter().map(|(report, _)| report).collect();
    let report = json!({ "plugin": plugin, "instances": instances });
    let path = arguments.out.join("report.json");
    std::fs::write(&path, report.to_string()).map_err(|why| named(&path, &why))?;
    Ok(worst)
}

fn main() -> ExitCode {
    match run() {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(Trouble::Plugin(_))) => ExitCode::from(1),
        Ok(Some(Trouble::Scenario(_))) => ExitCode::from(2),
        Err(why) => {
            eprintln!("simmer-host: {why}");
            ExitCode::from(2)
        }
    }
}
