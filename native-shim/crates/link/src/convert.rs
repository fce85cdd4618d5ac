//! Between this crate's own types and the protocol's.

use crate::book::Outgoing;
use crate::session::Ended;
use crate::wire::render_request::Event as Request;
use crate::wire::{self, FailureCode};
use simmer_core::parameter::CONDITIONS;
use simmer_core::{EditSender, Interpolation, MissesKnown, MusicalTime, Phase, Shared, StartMode, Stretch, parameter};
use std::sync::atomic::Ordering::Relaxed;

pub fn failed(failure: &wire::Failure) -> Ended {
    use FailureCode::*;
    let permanent = matches!(failure.code(), Invalid | Unauthenticated | ModelMissing | ModelDamaged);
    Ended::Failed { why: format!("{:?}: {}", failure.code(), failure.message), permanent }
}

pub fn report(shared: &Shared, misses: &mut MissesKnown) -> wire::ShimReport {
    let counters = &shared.counters;
    let missed = shared.misses.since(misses).into_iter();
    wire::ShimReport {
        underrun_count: counters.underruns.load(Relaxed),
        underrun_frame_count: counters.underrun_frames.load(Relaxed),
        exact_miss_frame_count: counters.exact_miss_frames.load(Relaxed),
        peak: f32::from_bits(shared.peak_bits.swap(0, Relaxed)),
        playhead_frame: shared.playhead.load(Relaxed),
        playing: shared.playing.load(Relaxed),
        overflow_count: counters.overflows.load(Relaxed),
        missed: missed.map(|Stretch { from, to }| wire::MissedStretch { from_frame: from, to_frame: to }).collect(),
    }
}

/// What a page shows of the instance.
pub fn instance_state(shared: &Shared, edits: &EditSender) -> wire::InstanceState {
    // Before the values: they include at least what it says.
    let applied_serial = edits.applied();
    let track = shared.track();
    let value =
        |spec: &parameter::Spec| wire::ParameterValue { parameter_id: spec.id, value: shared.shown(spec.id as usize) };
    wire::InstanceState {
        values: parameter::inputs().map(value).collect(),
        applied_serial,
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
    if edits.take(edit.serial, edit.parameter_id, phase) { Ok(()) } else { Err("edits out of order") }
}

pub fn to_wire(outgoing: Outgoing) -> wire::RenderRequest {
    let event = match outgoing {
        Outgoing::Start { start, resume } => Request::StartEpoch(wire::StartEpoch {
            epoch: start.epoch,
            root_frame: start.root,
            seed: start.seed,
            exact: start.exact,
            resume_frame: resume,
            resumes: start.resumes,
            start_mode: match start.start_mode {
                StartMode::Continue => wire::StartMode::Continue,
                StartMode::Fresh => wire::StartMode::Fresh,
                StartMode::Exactly => wire::StartMode::Exactly,
            } as i32,
        }),
        Outgoing::Block { epoch, revision, block } => {
            let header = block.header;
            let breakpoint = |point: &simmer_core::Breakpoint| wire::Breakpoint {
                offset_frames: point.offset as i32,
                value: point.value,
                interpolation: match point.interpolation {
                    Interpolation::Linear => wire::Interpolation::Linear,
                    Interpolation::Hold => wire::Interpolation::Hold,
                } as i32,
            };
            Request::Block(wire::ProcessBlock {
                epoch,
                start_frame: header.start,
                frame_count: header.frame_count as i32,
                playing: header.playing,
                temperature_at_start: header.temperature_at_start,
                temperature: block.temperature.iter().map(breakpoint).collect(),
                guide_amount_at_start: header.guide_amount_at_start,
                guide_amount: block.guide_amount.iter().map(breakpoint).collect(),
                guide: block.guide.iter().flat_map(|value| value.to_le_bytes()).collect(),
                tempo_bpm: header.tempo_bpm,
                loop_start_frame: header.loop_range.start,
                loop_end_frame: header.loop_range.end,
                coarse: header.coarse,
                keep: header.keep,
                revision,
                has_beat: header.musical.is_some(),
                beat_at_start: header.musical.map_or(0.0, |musical| musical.beat),
                bar_start_beat: header.musical.map_or(0.0, MusicalTime::bar_start_or_counted),
                signature_numerator: header.musical.map_or(0, |musical| musical.signature.0),
                signature_denominator: header.musical.map_or(0, |musical| musical.signature.1),
                lanes: CONDITIONS
                    .iter()
                    .zip(&header.conditions)
                    .zip(&block.conditions)
                    .filter(|((_, head), points)| head.value_at_start != 0.0 || !points.is_empty())
                    .map(|((index, head), points)| wire::ParameterLane {
                        parameter_id: *index as u32,
                        value_at_start: head.value_at_start,
                        points: points.iter().map(breakpoint).collect(),
                    })
                    .collect(),
            })
        }
    };
    wire::RenderRequest { event: Some(event) }
}
