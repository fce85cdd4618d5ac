//! Between this crate's own types and the protocol's.

use crate::book::Outgoing;
use crate::session::Ended;
use crate::wire::render_request::Event as Request;
use crate::wire::{self, FailureCode};
use simmer_core::Shared;
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
        Outgoing::Start { epoch, root, seed, exact, resume } => {
            Request::StartEpoch(wire::StartEpoch { epoch, root_frame: root, seed, exact, resume_frame: resume })
        }
        Outgoing::Block { epoch, block } => {
            let header = block.header;
            let breakpoint = |point: &simmer_core::Breakpoint| wire::Breakpoint {
                offset_frames: point.offset as i32,
                value: point.value,
                interpolation: wire::Interpolation::Linear as i32,
            };
            Request::Block(wire::ProcessBlock {
                epoch,
                start_frame: header.start,
                frame_count: header.frame_count as i32,
                playing: header.playing,
                temperature_at_start: header.temperature_at_start,
                temperature: block.temperature.iter().map(breakpoint).collect(),
                guide_amount: header.guide_amount,
                guide: block.guide.iter().flat_map(|value| value.to_le_bytes()).collect(),
                tempo_bpm: header.tempo_bpm,
                loop_start_frame: header.loop_range.start,
                loop_end_frame: header.loop_range.end,
            })
        }
    };
    wire::RenderRequest { event: Some(event) }
}
