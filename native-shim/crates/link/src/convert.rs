//! Between this crate's own types and the protocol's.

use crate::ended::Ended;
use crate::wire::render_request::Event as Request;
use crate::wire::{self, FailureCode};
use simmer_core::parameter::{self, PARAMETERS, SHAPING};
use simmer_core::{
    Block, BlockLane, Breakpoint, EditSender, Interpolation, Message, MissesKnown, MusicalTime, Phase, Shared, Start,
    StartMode, Stretch,
};
use std::sync::atomic::Ordering::Relaxed;

/// Why the service ends the stream. What it finds invalid before it has answered `open` is the version, where that is
/// another one: it looks at it first.
pub fn failed(failure: &wire::Failure, is_open: bool) -> Ended {
    use FailureCode::*;
    if let (false, Invalid) = (is_open, failure.code())
        && let Some(why) = other_version(failure.protocol_version.max(1))
    {
        return Ended::Failed { why, permanent: true };
    }
    let permanent = matches!(failure.code(), Invalid | Unauthenticated | ModelMissing | ModelDamaged);
    Ended::Failed { why: format!("{:?}: {}", failure.code(), failure.message), permanent }
}

/// What to say to a person about a service of another version of the protocol than the plugin's. `None`: it is the same.
pub fn other_version(service: i32) -> Option<String> {
    let plugin = wire::PROTOCOL_VERSION;
    let outdated = if service < plugin { "service" } else { "plugin" };
    (service != plugin).then(|| {
        format!("The plugin speaks protocol {plugin} and the service protocol {service}: update the {outdated}.")
    })
}

pub fn report(shared: &Shared, misses: &mut MissesKnown) -> wire::ShimReport {
    let counters = &shared.played.counters;
    let missed = shared.played.misses.since(misses).into_iter();
    wire::ShimReport {
        underrun_count: counters.underruns.load(Relaxed),
        underrun_frame_count: counters.underrun_frames.load(Relaxed),
        offline_miss_frame_count: counters.offline_miss_frames.load(Relaxed),
        peak: f32::from_bits(shared.played.peak_bits.swap(0, Relaxed)),
        playhead_frame: shared.played.playhead.load(Relaxed),
        playing: shared.played.playing.load(Relaxed),
        overflow_count: counters.overflows.load(Relaxed),
        missed: missed.map(|Stretch { from, to }| wire::MissedStretch { from_frame: from, to_frame: to }).collect(),
    }
}

/// What a page shows of the instance.
pub fn instance_state(shared: &Shared, edits: &EditSender) -> wire::InstanceState {
    // Before the values: they include at least what it says.
    let applied_sequence_number = edits.applied();
    let track = shared.song.track();
    let value =
        |spec: &parameter::Spec| wire::ParameterValue { parameter_id: spec.id, value: shared.shown(spec.id as usize) };
    wire::InstanceState {
        values: parameter::inputs().map(value).collect(),
        applied_sequence_number,
        track_name: track.name,
        track_colour: track.colour,
    }
}

/// Hands one step of a gesture on. What is wrong with the stream, if it is.
pub fn take_edit(edits: &mut EditSender, edit: &wire::ParameterEdit) -> Result<(), &'static str> {
    let phase = match edit.phase() {
        wire::GesturePhase::Begin => Phase::Begin,
        wire::GesturePhase::Perform => Phase::Perform(edit.value),
        wire::GesturePhase::End => Phase::End,
        wire::GesturePhase::Unspecified => return Err("an edit of an unknown phase"),
    };
    if edits.take(edit.sequence_number, edit.parameter_id, phase) { Ok(()) } else { Err("edits out of order") }
}

pub fn to_wire(message: Message) -> wire::RenderRequest {
    let event = match message {
        Message::Start(start) => Request::StartEpoch(start_epoch(&start)),
        Message::Block(block) => Request::Block(process_block(&block)),
    };
    wire::RenderRequest { event: Some(event) }
}

fn start_epoch(start: &Start) -> wire::StartEpoch {
    wire::StartEpoch {
        epoch: start.epoch,
        root_frame: start.root,
        seed: start.seed,
        offline: start.offline,
        resume_frame: start.resume,
        resumes: start.resumes,
        start_mode: match start.start_mode {
            StartMode::Continue => wire::StartMode::Continue,
            StartMode::Fresh => wire::StartMode::Fresh,
            StartMode::Exactly => wire::StartMode::Exactly,
        } as i32,
    }
}

fn process_block(block: &Block) -> wire::ProcessBlock {
    let header = &block.header;
    wire::ProcessBlock {
        epoch: header.epoch,
        start_frame: header.start,
        frame_count: header.frame_count as i32,
        playing: header.playing,
        guide: block.guide.iter().flat_map(|value| value.to_le_bytes()).collect(),
        tempo_bpm: header.tempo_bpm,
        loop_start_frame: header.loop_range.start,
        loop_end_frame: header.loop_range.end,
        coarse: header.coarse,
        keep: header.keep,
        revision: header.revision,
        has_beat: header.musical.is_some(),
        beat_at_start: header.musical.map_or(0.0, |musical| musical.beat),
        bar_start_beat: header.musical.map_or(0.0, MusicalTime::bar_start_or_counted),
        signature_numerator: header.musical.map_or(0, |musical| musical.signature.0),
        signature_denominator: header.musical.map_or(0, |musical| musical.signature.1),
        lanes: SHAPING.iter().zip(&block.lanes).filter_map(|(index, lane)| parameter_lane(*index, lane)).collect(),
    }
}

/// `None`: the input is at its default throughout the block.
fn parameter_lane(index: usize, lane: &BlockLane) -> Option<wire::ParameterLane> {
    let spec = PARAMETERS.get(index)?;
    if lane.points.is_empty() && lane.value_at_start == spec.default {
        return None;
    }
    let points = lane.points.iter().map(breakpoint).collect();
    Some(wire::ParameterLane { parameter_id: spec.id, value_at_start: lane.value_at_start, points })
}

fn breakpoint(point: &Breakpoint) -> wire::Breakpoint {
    wire::Breakpoint {
        offset_frames: point.offset as i32,
        value: point.value,
        interpolation: match point.interpolation {
            Interpolation::Linear => wire::Interpolation::Linear,
            Interpolation::Hold => wire::Interpolation::Hold,
        } as i32,
    }
}
