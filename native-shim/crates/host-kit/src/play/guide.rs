//! Guide audio: a function of the song frame alone, so that it is the same wherever playback begins.

use crate::play::scenario::{GuideKind, GuideSpec};
use crate::play::walk::{Piece, next_noise};

/// The value of a channel (0 or 1) at a song frame. The channels differ.
pub fn value(guide: &GuideSpec, sample_rate: f64, channel: usize, song_frame: i64) -> f32 {
    match guide.kind {
        GuideKind::Sine => {
            let turns = guide.hz * song_frame as f64 / sample_rate + channel as f64 * 0.25;
            guide.amplitude * (turns.fract() * std::f64::consts::TAU).sin() as f32
        }
        GuideKind::Noise => {
            let mut state = guide.seed ^ (song_frame as u64).wrapping_mul(2).wrapping_add(channel as u64);
            guide.amplitude * (next_noise(&mut state) as i64 as f64 / -(i64::MIN as f64)) as f32
        }
    }
}

/// Fills a call's buffers. Where the transport stands, `elapsed` frames have gone by, and the guide goes on.
pub fn fill(guide: &GuideSpec, sample_rate: f64, piece: &Piece, elapsed: i64, buffers: &mut [Vec<f32>; 2]) {
    for (channel, buffer) in buffers.iter_mut().enumerate() {
        for span in &piece.spans {
            let places = buffer[span.offset..span.offset + span.frame_count].iter_mut();
            for (slot, frame) in places.zip(span.song_frame + elapsed..) {
                *slot = value(guide, sample_rate, channel, frame);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::play::scenario::GuideBus;

    #[test]
    fn noise_keeps_within_its_amplitude_and_differs_from_frame_to_frame() {
        let guide = GuideSpec { kind: GuideKind::Noise, hz: 0.0, amplitude: 0.25, seed: 3, bus: GuideBus::Sidechain };
        let values: Vec<f32> = (-500..500).map(|frame| value(&guide, 48_000.0, 0, frame)).collect();
        assert!(values.iter().all(|value| value.abs() <= 0.25));
        assert!(values.windows(2).all(|pair| pair[0] != pair[1]));
        let mean = values.iter().sum::<f32>() / 1000.0;
        assert!(mean.abs() < 0.02, "{mean}");
    }
}
