//! This host as a program: what of `simmer-host`'s scenarios a CLAP host is asked for, and the same report of it.

use crate::audio_thread::on_audio_thread;
use crate::block::{Block, Place as Transport};
use crate::events::Step;
use crate::player::Player;
use crate::plugin::Plugin;
use clack_extensions::params::ParamInfoBuffer;
use simmer_host_kit::gestures::{Gestures, Phase};
use simmer_host_kit::play::pace::Clock;
use simmer_host_kit::play::parameters::{Automated, AutomatedLane, Parameters};
use simmer_host_kit::play::place::Place;
use simmer_host_kit::play::recording::Recording;
use simmer_host_kit::play::report::{BlockReport, GestureReport, InstanceReport, SegmentReport, TouchedPoint};
use simmer_host_kit::play::scenario::{Kind, ReportedTransport, Scenario, Segment};
use simmer_host_kit::play::touch::Touched;
use simmer_host_kit::play::walk::{Piece, Walk};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const BLOCK_FRAMES_MAX: usize = 8192;

/// What the plugin says of itself: ids by title, and the words of its Status by value.
struct Known {
    ids: BTreeMap<String, u32>,
    statuses: Vec<String>,
}

impl Known {
    fn of(plugin: &mut Plugin) -> Known {
        let params = plugin.params();
        let handle = plugin.instance().plugin_handle();
        let (mut ids, mut statuses) = (BTreeMap::new(), Vec::new());
        for index in 0..params.count(&handle) {
            let mut buffer = ParamInfoBuffer::new();
            let Some(info) = params.get_info(&handle, index, &mut buffer) else { continue };
            let title = String::from_utf8_lossy(info.name).into_owned();
            if title == "Status" {
                let mut shown = [0; 64];
                for value in 0..=info.max_value as u32 {
                    let text = params.value_to_text(&handle, info.id, f64::from(value), &mut shown);
                    statuses.push(text.map(|text| String::from_utf8_lossy(text).into_owned()).unwrap_or_default());
                }
            }
            ids.insert(title, info.id.get());
        }
        Known { ids, statuses }
    }

    fn id(&self, title: &str) -> Result<u32, String> {
        self.ids.get(title).copied().ok_or_else(|| format!("the plugin has no parameter '{title}'"))
    }

    fn title(&self, id: u32) -> String {
        let found = self.ids.iter().find(|(_, one)| **one == id);
        found.map_or_else(|| format!("{id}"), |(title, _)| title.clone())
    }
}

/// Carries a scenario out on the calling thread, which is the plugin's main thread; audio has a thread of its own.
pub fn play(mut plugin: Plugin, scenario: &Scenario, place: Place<'_>) -> Result<InstanceReport, String> {
    can_be_played(scenario)?;
    let known = Known::of(&mut plugin);
    let armed = scenario.touch.iter().map(|title| known.id(title)).collect::<Result<Vec<_>, _>>()?;
    let mut pending = told(&known, &scenario.parameters)?;
    let mut run = Run {
        scenario,
        status: known.ids.get("Status").copied(),
        missed: known.ids.get("Missed frames").copied(),
        statuses: &known.statuses,
        armed,
        gestures: Gestures::new(),
        touched: Touched::of_owner(),
        said: (None, 0),
    };
    let mut report = InstanceReport { instance: place.instance, ..InstanceReport::default() };
    let mut player = plugin.start(scenario.sample_rate, BLOCK_FRAMES_MAX as u32);
    for (index, segment) in scenario.segments.iter().enumerate() {
        let title = segment.title(index);
        pending.extend(told(&known, &segment.parameters)?);
        let parameters = parameters(&known, segment, std::mem::take(&mut pending))?;
        let until_file = segment.until_file.as_ref().map(|named| place.file(named));
        let (returned, played) = on_audio_thread(player, |player| run.segment(player, segment, parameters, until_file));
        player = returned;
        let (recording, blocks) = played.map_err(|why| format!("segment {title}: {why}"))?;
        let audio = PathBuf::from(format!("{:03}-{index:02}-{title}.wav", place.instance));
        let written = recording.write_wav(&place.folder.join(&audio), scenario.sample_rate);
        written.map_err(|why| format!("{}: {why}", audio.display()))?;
        report.segments.push(segment_report(scenario, &title, audio, recording, blocks, &run.said));
    }
    plugin.stop(player);
    report.gestures = gestures(&run.gestures, &known);
    report.touched = run
        .touched
        .lanes()
        .map(|(id, lane)| {
            let points = lane.into_iter().map(|(frame, value)| TouchedPoint { frame, value }).collect();
            (known.title(id), points)
        })
        .collect();
    Ok(report)
}

/// Only what a stranger's host would do too: everything else is `simmer-host`'s.
fn can_be_played(scenario: &Scenario) -> Result<(), String> {
    let plain = |segment: &Segment| {
        matches!(segment.kind, Kind::Play | Kind::Stop)
            && segment.transport == ReportedTransport::Normal
            && segment.guide.is_none()
            && segment.load_state.is_none()
            && segment.save_state.is_none()
            && segment.sample_rate.is_none()
            && segment.abuse == Default::default()
    };
    let whole = scenario.load_state.is_none() && scenario.save_state.is_none() && scenario.track.is_none();
    if whole && scenario.segments.iter().all(plain) {
        return Ok(());
    }
    Err("this host plays and stops, with lanes, automation and touch; states, tracks, guides and abuse are simmer-host's"
        .to_owned())
}

fn told(known: &Known, values: &BTreeMap<String, f64>) -> Result<Vec<(u32, f64)>, String> {
    values.iter().map(|(title, value)| Ok((known.id(title)?, *value))).collect()
}

/// Values are plain in CLAP.
fn parameters(known: &Known, segment: &Segment, pending: Vec<(u32, f64)>) -> Result<Parameters, String> {
    let mut lanes = Vec::new();
    for (title, spec) in [("Temperature", &segment.lane), ("Guide amount", &segment.guide_amount)] {
        if let Some(spec) = spec {
            lanes.push(AutomatedLane { id: known.id(title)?, scale: 1.0, spec: spec.clone() });
        }
    }
    let automation = segment
        .automation
        .iter()
        .map(|point| Ok(Automated { frame: point.frame, id: known.id(&point.parameter)?, value: point.value }));
    let mut automation = automation.collect::<Result<Vec<_>, String>>()?;
    automation.sort_by_key(|point| point.frame);
    Ok(Parameters { lanes, pending, automation })
}

/// What lasts from segment to segment.
struct Run<'a> {
    scenario: &'a Scenario,
    status: Option<u32>,
    missed: Option<u32>,
    statuses: &'a [String],
    armed: Vec<u32>,
    gestures: Arc<Gestures>,
    touched: Touched,
    /// Status and missed frames, as the plugin told them last.
    said: (Option<String>, u64),
}

impl Run<'_> {
    fn segment(
        &mut self,
        player: &mut Player,
        segment: &Segment,
        mut parameters: Parameters,
        until_file: Option<PathBuf>,
    ) -> Result<(Recording, Vec<BlockReport>), String> {
        std::thread::sleep(Duration::from_millis(segment.pause_millis));
        let mut walk = Walk::new(segment, BLOCK_FRAMES_MAX);
        let clock = Clock::start(segment.pace(), self.scenario.sample_rate);
        let (mut recording, mut blocks) = (Recording::with_capacity(segment.frame_count), Vec::new());
        let mut called_for = 0;
        while let Some(wanted) = segment.until_status.as_ref().filter(|wanted| self.said.0.as_ref() != Some(*wanted)) {
            if clock.elapsed() > Duration::from_millis(segment.until_millis) {
                return Err(format!("Status is {:?} instead of {wanted}", self.said.0));
            }
            self.call(player, segment, &mut parameters, &walk.next(usize::MAX), &clock, &mut called_for);
        }
        while recording.frame_count() < segment.frame_count {
            let piece = walk.next(segment.frame_count - recording.frame_count());
            let block = self.call(player, segment, &mut parameters, &piece, &clock, &mut called_for);
            for span in piece.spans.iter().filter(|_| segment.kind == Kind::Play) {
                recording.place(recording.frame_count() + span.offset, span.song_frame, span.frame_count);
            }
            for (channel, heard) in recording.channels.iter_mut().zip(&player.output) {
                channel.extend_from_slice(&heard[..piece.frame_count]);
            }
            blocks.push(block);
            if until_file.as_ref().is_some_and(|file| file.exists()) {
                break;
            }
        }
        Ok((recording, blocks))
    }

    fn call(
        &mut self,
        player: &mut Player,
        segment: &Segment,
        parameters: &mut Parameters,
        piece: &Piece,
        clock: &Clock,
        called_for: &mut usize,
    ) -> BlockReport {
        let mut points = self.touched.points(&self.gestures, &self.armed, segment, piece);
        points.extend(parameters.points(segment, piece));
        // CLAP wants events by rising offset, and none beyond the block.
        points.retain(|(_, offset, _)| (*offset as usize) < piece.frame_count);
        points.sort_by_key(|(_, offset, _)| *offset);
        let seconds = piece.song_frame as f64 / self.scenario.sample_rate;
        let place = Transport {
            seconds: Some(seconds),
            beats: Some(seconds * self.scenario.tempo_bpm / 60.0),
            playing: segment.kind == Kind::Play,
            tempo: Some(self.scenario.tempo_bpm),
            ..Transport::default()
        };
        let block = Block::at(Some(place), piece.frame_count);
        let block = points.into_iter().fold(block, |block, (id, at, value)| block.value(id, at as u32, value));
        player.prepare(&block);
        clock.wait(*called_for);
        let called = clock.elapsed();
        let result = player.call(&block);
        let took = clock.elapsed() - called;
        *called_for += piece.frame_count;
        self.listen(player);
        BlockReport {
            song_frame: Some(piece.song_frame),
            frame_count: piece.frame_count,
            called_micros: called.as_micros() as u64,
            took_micros: took.as_micros() as u64,
            late_micros: clock.lateness(*called_for).as_micros() as u64,
            failed: result == clap_sys::process::CLAP_PROCESS_ERROR,
            without_output: false,
            status: self.said.0.clone(),
            missed_frames: self.said.1,
        }
    }

    /// Takes note of what the plugin has just told; of its read-only parameters it tells no gestures.
    fn listen(&mut self, player: &Player) {
        for step in player.reported_steps() {
            match *step {
                Step::Value(id, value) if Some(id) == self.status => {
                    self.said.0 = self.statuses.get(value.round() as usize).cloned();
                }
                Step::Value(id, value) if Some(id) == self.missed => self.said.1 = value.round() as u64,
                Step::Begin(id) => self.gestures.note(id, Phase::Begin),
                Step::Value(id, value) => self.gestures.note(id, Phase::Perform(value)),
                Step::End(id) => self.gestures.note(id, Phase::End),
            }
        }
    }
}

fn segment_report(
    scenario: &Scenario,
    title: &str,
    audio: PathBuf,
    recording: Recording,
    blocks: Vec<BlockReport>,
    said: &(Option<String>, u64),
) -> SegmentReport {
    SegmentReport {
        name: title.to_owned(),
        sample_rate: scenario.sample_rate,
        audio,
        frame_count: recording.frame_count(),
        passages: recording.passages,
        setup_mode: "realtime".to_owned(),
        call_mode: "realtime".to_owned(),
        took_millis: blocks.last().map_or(0, |block| (block.called_micros + block.took_micros) / 1000),
        longest_call_micros: blocks.iter().map(|block| block.took_micros).max().unwrap_or(0),
        late_blocks: blocks.iter().filter(|block| block.late_micros > 0).count(),
        failed_calls: blocks.iter().filter(|block| block.failed).count(),
        status: said.0.clone(),
        missed_frames: said.1,
        blocks,
    }
}

fn gestures(told: &Gestures, known: &Known) -> Vec<GestureReport> {
    let here = std::thread::current().id();
    let steps = told.steps().into_iter().map(|step| {
        let (phase, value) = match step.phase {
            Phase::Begin => ("begin", None),
            Phase::Perform(value) => ("perform", Some(value)),
            Phase::End => ("end", None),
        };
        GestureReport {
            parameter: known.title(step.id),
            phase: phase.to_owned(),
            value,
            at_micros: step.at_micros,
            on_setup_thread: step.thread == here,
        }
    });
    steps.collect()
}
