//! From rendered frames to what leaves the plugin.

use crate::lane::Lane;
use crate::parameter::{MIX, OUTPUT_GAIN, PARAMETER_COUNT, PARAMETERS};

/// Linear gain of a value in dB. The lowest value is silence.
pub fn gain_of(db: f64) -> f32 {
    if db <= PARAMETERS[OUTPUT_GAIN].min { 0.0 } else { 10f64.powf(db / 20.0) as f32 }
}

/// A usable sample value: finite, and not so close to zero that processors take a hundred times as long over it.
pub fn usable(value: f32) -> f32 {
    // Both zeros pass as they are.
    if value.is_normal() || value == 0.0 { value } else { 0.0 }
}

/// Mixes the dry input under the rendered frames (in place) and applies the gain; returns the peak. At full mix and
/// 0 dB the frames pass bit by bit. [audio-thread]
pub fn mix_and_gain(lanes: &[Lane; PARAMETER_COUNT], at: usize, dry: [&[f32]; 2], out: [&mut [f32]; 2]) -> f32 {
    let mut mix_cursor = lanes[MIX].cursor();
    let mut gain_cursor = lanes[OUTPUT_GAIN].cursor();
    let (mix_constant, gain_constant) = (lanes[MIX].is_constant(), lanes[OUTPUT_GAIN].is_constant());
    let mut mix = lanes[MIX].start_value() as f32;
    let mut gain = gain_of(lanes[OUTPUT_GAIN].start_value());
    let [left, right] = out;
    let mut peak = 0.0f32;
    for (index, ((l, r), (dry_l, dry_r))) in
        left.iter_mut().zip(right.iter_mut()).zip(dry[0].iter().zip(dry[1])).enumerate()
    {
        let offset = (at + index) as u32;
        if !mix_constant {
            mix = mix_cursor.value_at(offset) as f32;
        }
        if !gain_constant {
            gain = gain_of(gain_cursor.value_at(offset));
        }
        for (value, dry) in [(l, *dry_l), (r, *dry_r)] {
            let wet = if mix < 1.0 { *value * mix + usable(dry) * (1.0 - mix) } else { *value };
            *value = usable(wet * gain);
            peak = peak.max(value.abs());
        }
    }
    peak
}
