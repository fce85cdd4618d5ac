//! Between this crate's own types and the protocol's.

use crate::book::Outgoing;
use crate::session::Ended;
use crate::wire::render_request::Event as Request;
use crate::wire::{self, FailureCode};
use simmer_core::{Interpolation, Shared, StartMode};
use std::sync::atomic::Ordering::Relaxed;

pub fn failed(failure: &wire::Failure) -> Ended {
    use FailureCode::*;
    let permanent = matches!(failure.code(), Invalid | Unauthenticated | ModelMissing | ModelDamaged);
    Ended::Failed { why: format!("{:?}: {}", failure.code(), failure.message), permanent }
}

pub fn report(shared: &Shared) -> wire::ShimReport {
    let counters = &shared.counters;
    wire::ShimReport {
        underrun_count: counters.underruns.load(Relaxed),
        underrun_frame_count: counters.underrun_frames.load(Relaxed),
        exact_miss_frame_count: counters.exact_miss_frames.load(Relaxed),
        peak: f32::from_bits(shared.peak_bits.swap(0, Relaxed)),
        playhead_frame: shared.playhead.load(Relaxed),
        playing: shared.playing.load(Relaxed),
        overflow_count: counters.overflows.load(Relaxed),
    }
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
            })
        }
    };
    wire::RenderRequest { event: Some(event) }
}
