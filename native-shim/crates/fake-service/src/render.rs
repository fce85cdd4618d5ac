//! The formula.

use simmer_core::parameter::{PARAMETERS, TEMPERATURE};
use simmer_link::wire::{Breakpoint, Interpolation, ParameterLane, ProcessBlock};

/// A value in ±0.5 that hardly repeats, of seed and song frame alone.
pub fn formula(seed: u32, frame: i64) -> f32 {
    let mut x = (frame as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (u64::from(seed) << 32);
    x ^= x >> 29;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^= x >> 32;
    ((x & 0xFFFF) as f32) / 65536.0 - 0.5
}

/// What [`formula`] becomes when it is drawn again. Revision 0 is the formula itself.
pub fn revised(seed: u32, frame: i64, revision: u32) -> f32 {
    formula(seed ^ revision.wrapping_mul(0x9E37_79B9), frame)
}

/// What a block says of the temperature.
pub fn temperature_of(block: &ProcessBlock) -> ParameterLane {
    let spec = &PARAMETERS[TEMPERATURE];
    let at_default = || ParameterLane { parameter_id: spec.id, value_at_start: spec.default, points: Vec::new() };
    block.lanes.iter().find(|lane| lane.parameter_id == spec.id).cloned().unwrap_or_else(at_default)
}

/// The lane's value at an offset of a block, after all points at that offset.
pub fn lane_at(lane: &ParameterLane, offset: i32) -> f64 {
    let mut before = Breakpoint { offset_frames: 0, value: lane.value_at_start, interpolation: 0 };
    for point in &lane.points {
        if point.offset_frames > offset {
            if point.interpolation() == Interpolation::Hold {
                return before.value;
            }
            let span = f64::from(point.offset_frames - before.offset_frames);
            return before.value + (point.value - before.value) * f64::from(offset - before.offset_frames) / span;
        }
        before = *point;
    }
    before.value
}

/// Frames of a delivered block: seed, place, lane and guide in each value. Left and right differ by the guide alone.
pub fn render_block(seed: u32, block: &ProcessBlock) -> Vec<[f32; 2]> {
    let lane = temperature_of(block);
    (0..block.frame_count)
        .map(|offset| {
            let base = formula(seed, block.start_frame + i64::from(offset)) + 0.1 * lane_at(&lane, offset) as f32;
            let guide = |channel: usize| {
                let at = 4 * (2 * offset as usize + channel);
                block.guide.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0.0, f32::from_le_bytes)
            };
            [base + 0.1 * guide(0), base + 0.1 * guide(1)]
        })
        .collect()
}
