//! The formula.

use simmer_link::wire::{Breakpoint, Interpolation, ProcessBlock};

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

/// The lane's value at an offset of a block, after all points at that offset.
pub fn lane_at(block: &ProcessBlock, offset: i32) -> f64 {
    let mut before = Breakpoint { offset_frames: 0, value: block.temperature_at_start, interpolation: 0 };
    for point in &block.temperature {
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
    (0..block.frame_count)
        .map(|offset| {
            let base = formula(seed, block.start_frame + i64::from(offset)) + 0.1 * lane_at(block, offset) as f32;
            let guide = |channel: usize| {
                let at = 4 * (2 * offset as usize + channel);
                block.guide.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0.0, f32::from_le_bytes)
            };
            [base + 0.1 * guide(0), base + 0.1 * guide(1)]
        })
        .collect()
}
