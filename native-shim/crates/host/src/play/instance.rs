//! One instance of the plugin, from its making to its end.

use crate::module::Module;
use crate::play::segment::{Calls, Said};
use crate::plugin::{HostSide, Mode, Plugin};
use simmer_host_kit::gestures::Phase;
use simmer_host_kit::play::parameters::{Automated, AutomatedLane, Parameters};
use simmer_host_kit::play::place::Place;
use simmer_host_kit::play::recording::Recording;
use simmer_host_kit::play::report::{GestureReport, InstanceReport, SegmentReport, TouchedPoint};
use simmer_host_kit::play::scenario::{CallThread, ReportedMode, Scenario, Segment};
use simmer_host_kit::play::touch::Touched;
use simmer_host_kit::play::{Trouble, check};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Hosts make and end instances one at a time.
static MAKING: Mutex<()> = Mutex::new(());

/// Carries a scenario out on the calling thread, which is the instance's setup thread. What was done until there was
/// trouble is in the report as well.
pub fn play(module: &Module, scenario: &Scenario, place: Place<'_>) -> (InstanceReport, Option<Trouble>) {
    let mut report = InstanceReport { instance: place.instance, ..InstanceReport::default() };
    let mut player = Player::new(module, scenario, place);
    let played = player.play(&mut report);
    player.tell_gestures(&mut report);
    let making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    drop(player);
    drop(making);
    let trouble = played.err();
    report.trouble = trouble.as_ref().map(ToString::to_string);
    (report, trouble)
}

/// What the plugin was set up for.
#[derive(Clone, Copy, PartialEq)]
struct Setup {
    mode: ReportedMode,
    sample_rate: f64,
    block_frames_max: usize,
}

/// Ids by title.
struct Ids(BTreeMap<String, u32>);

impl Ids {
    fn of(&self, title: &str) -> Result<u32, Trouble> {
        self.0.get(title).copied().ok_or_else(|| {
            let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
            Trouble::Scenario(format!("the plugin has no parameter '{title}'; it has {}", known.join(", ")))
        })
    }
}

struct Player<'a> {
    plugin: Plugin,
    scenario: &'a Scenario,
    place: Place<'a>,
    ids: Ids,
    pending: Vec<(u32, f64)>,
    setup: Option<Setup>,
    said: Said,
    touched: Touched,
}

impl<'a> Player<'a> {
    fn new(module: &Module, scenario: &'a Scenario, place: Place<'a>) -> Player<'a> {
        let longest = scenario.segments.iter().map(|segment| {
            let announced = segment.block_frames_max.unwrap_or(scenario.block_frames_max);
            segment.blocks(announced).longest(announced)
        });
        let frames_max = longest.max().unwrap_or(1) + check::BEHIND_FRAMES;
        let making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        let track = scenario.track.as_ref().map(|track| (track.name.clone(), track.colour));
        let mut plugin = Plugin::with_host(module, frames_max, &HostSide { run_loop: scenario.run_loop, track });
        drop(making);
        plugin.tempo = scenario.tempo_bpm;
        plugin.signature = scenario.signature;
        let ids = Ids(plugin.parameters().into_iter().map(|(id, title)| (title, id)).collect());
        Player {
            plugin,
            scenario,
            place,
            ids,
            pending: Vec::new(),
            setup: None,
            said: Said::default(),
            touched: Touched::default(),
        }
    }

    fn play(&mut self, report: &mut InstanceReport) -> Result<(), Trouble> {
        if let Some(named) = &self.scenario.load_state {
            self.load(named)?;
        }
        self.note(&self.scenario.parameters)?;
        for (index, segment) in self.scenario.segments.iter().enumerate() {
            let title = segment.title(index);
            let within = |trouble: Trouble| match trouble {
                Trouble::Scenario(why) => Trouble::Scenario(format!("segment {title}: {why}")),
                Trouble::Plugin(why) => Trouble::Plugin(format!("segment {title}: {why}")),
            };
            let (played, trouble) = self.segment(segment, &title).map_err(within)?;
            let audio = PathBuf::from(format!("{:03}-{index:02}-{title}.wav", self.place.instance));
            let written = played.recording.write_wav(&self.place.folder.join(&audio), played.report.sample_rate);
            written.map_err(|why| Trouble::Scenario(format!("{} cannot be written: {why}", audio.display())))?;
            let frame_count = played.recording.frame_count();
            report.segments.push(SegmentReport {
                audio,
                frame_count,
                passages: played.recording.passages,
                ..played.report
            });
            if let Some(trouble) = trouble {
                return Err(within(trouble));
            }
            if let Some(named) = &segment.save_state {
                self.save(named)?;
            }
        }
        if let Some(named) = &self.scenario.save_state {
            report.state = Some(self.save(named)?);
        }
        Ok(())
    }

    fn tell_gestures(&self, report: &mut InstanceReport) {
        let title = |id: u32| {
            let found = self.ids.0.iter().find(|(_, one)| **one == id);
            found.map_or_else(|| format!("{id}"), |(title, _)| title.clone())
        };
        let here = std::thread::current().id();
        report.gestures = self
            .plugin
            .gestures
            .steps()
            .into_iter()
            .map(|step| {
                let (phase, value) = match step.phase {
                    Phase::Begin => ("begin", None),
                    Phase::Perform(value) => ("perform", Some(self.plugin.plain(step.id, value))),
                    Phase::End => ("end", None),
                };
                GestureReport {
                    parameter: title(step.id),
                    phase: phase.to_owned(),
                    value,
                    at_micros: step.at_micros,
                    on_setup_thread: step.thread == here,
                }
            })
            .collect();
        let plain = |id: u32, lane: Vec<(i64, f64)>| {
            lane.into_iter().map(|(frame, value)| TouchedPoint { frame, value: self.plugin.plain(id, value) }).collect()
        };
        report.touched = self.touched.lanes().map(|(id, lane)| (title(id), plain(id, lane))).collect();
    }

    fn load(&self, named: &Path) -> Result<(), Trouble> {
        let path = self.place.file(named);
        let bytes = std::fs::read(&path)
            .map_err(|why| Trouble::Scenario(format!("the state {} cannot be read: {why}", path.display())))?;
        let refused = || Trouble::Scenario(format!("the plugin refuses the state in {}", path.display()));
        if self.plugin.load(&bytes) { Ok(()) } else { Err(refused()) }
    }

    fn save(&self, named: &Path) -> Result<PathBuf, Trouble> {
        let path = self.place.file(named);
        std::fs::write(&path, self.plugin.state())
            .map_err(|why| Trouble::Scenario(format!("the state {} cannot be written: {why}", path.display())))?;
        Ok(path)
    }

    /// Has parameters told in the next call.
    fn note(&mut self, parameters: &BTreeMap<String, f64>) -> Result<(), Trouble> {
        for (title, plain) in parameters {
            let id = self.ids.of(title)?;
            self.pending.push((id, self.plugin.normalised(id, *plain)));
        }
        Ok(())
    }

    fn parameters(&mut self, segment: &Segment) -> Result<Parameters, Trouble> {
        let mut lanes = Vec::new();
        for (title, spec) in [("Temperature", &segment.lane), ("Guide amount", &segment.guide_amount)] {
            if let Some(spec) = spec {
                let id = self.ids.of(title)?;
                lanes.push(AutomatedLane { id, scale: 1.0 / self.plugin.plain(id, 1.0), spec: spec.clone() });
            }
        }
        let automation = segment.automation.iter().map(|point| {
            let id = self.ids.of(&point.parameter)?;
            Ok(Automated { frame: point.frame, id, value: self.plugin.normalised(id, point.value) })
        });
        let mut automation = automation.collect::<Result<Vec<_>, Trouble>>()?;
        // A scenario may list one parameter after the other; a host tells the points of a call by rising offset.
        automation.sort_by_key(|point| point.frame);
        Ok(Parameters { lanes, pending: std::mem::take(&mut self.pending), automation })
    }

    /// Deactivates, sets up and activates, if the segment asks for it.
    fn set_up(&mut self, segment: &Segment) -> Result<Setup, Trouble> {
        let setup = Setup {
            mode: segment.setup_mode(),
            sample_rate: segment.sample_rate.unwrap_or(self.scenario.sample_rate),
            block_frames_max: segment.block_frames_max.unwrap_or(self.scenario.block_frames_max),
        };
        if self.setup != Some(setup) || segment.set_up_again() {
            if self.setup.is_some() {
                self.plugin.stop();
            }
            let mode = match setup.mode {
                ReportedMode::Realtime => Mode::Realtime,
                ReportedMode::Prefetch => Mode::Prefetch,
                ReportedMode::Offline => Mode::Offline,
            };
            self.setup = None;
            if !self.plugin.try_start(mode, setup.sample_rate, setup.block_frames_max as i32) {
                let what = format!("{} Hz and {} frames", setup.sample_rate, setup.block_frames_max);
                return Err(Trouble::Scenario(format!("the plugin refuses to be set up for {what}")));
            }
            self.plugin.sample_rate = setup.sample_rate;
            self.setup = Some(setup);
        }
        Ok(setup)
    }

    /// What was done of a segment, and why no more of it was.
    fn segment(&mut self, segment: &Segment, title: &str) -> Result<(Played, Option<Trouble>), Trouble> {
        std::thread::sleep(Duration::from_millis(segment.pause_millis));
        if let Some(named) = &segment.load_state {
            self.load(named)?;
        }
        let setup = self.set_up(segment)?;
        self.note(&segment.parameters)?;
        let armed = self.scenario.touch.iter().map(|title| self.ids.of(title)).collect::<Result<Vec<_>, Trouble>>()?;
        #[cfg(target_os = "linux")]
        let watched = self.plugin.watched();
        let parameters = self.parameters(segment)?;
        let mut run = Calls {
            parameters,
            armed,
            touched: &mut self.touched,
            watched: (self.ids.of("Status").ok(), self.ids.of("Missed frames").ok()),
            said: self.said.clone(),
            plugin: &mut self.plugin,
            segment,
            until_file: segment.until_file.as_ref().map(|named| self.place.file(named)),
            sample_rate: setup.sample_rate,
            block_frames_max: setup.block_frames_max,
            call_count: 0,
            recording: Recording::with_capacity(segment.frame_count),
            blocks: Vec::new(),
        };
        let started = std::time::Instant::now();
        let trouble = match segment.thread() {
            CallThread::Setup => run.all(),
            CallThread::Another => std::thread::scope(|scope| {
                let thread = scope.spawn(|| run.all());
                // The thread that made the plugin is the host's UI thread.
                #[cfg(target_os = "linux")]
                while !thread.is_finished() {
                    watched.turn(Duration::from_millis(5));
                }
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }),
        };
        let trouble = trouble.err();
        self.pending.append(&mut run.parameters.pending);
        let (recording, blocks, said) = (run.recording, run.blocks, run.said);
        self.said = said.clone();
        let report = SegmentReport {
            name: title.to_owned(),
            sample_rate: setup.sample_rate,
            audio: PathBuf::new(),
            frame_count: 0,
            passages: Vec::new(),
            setup_mode: format!("{:?}", segment.setup_mode()).to_lowercase(),
            call_mode: format!("{:?}", segment.call_mode()).to_lowercase(),
            took_millis: started.elapsed().as_millis() as u64,
            longest_call_micros: blocks.iter().map(|block| block.took_micros).max().unwrap_or(0),
            late_blocks: blocks.iter().filter(|block| block.late_micros > 0).count(),
            failed_calls: blocks.iter().filter(|block| block.failed).count(),
            status: said.status,
            missed_frames: said.missed_frames,
            blocks,
        };
        Ok((Played { recording, report }, trouble))
    }
}

struct Played {
    recording: Recording,
    report: SegmentReport,
}
