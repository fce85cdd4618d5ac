//! Softens the edges of gaps, without touching audio that has none.

use crate::limits::DECLICK_FRAMES;

/// Where audio stops short its last value decays to zero under whatever follows; where it comes back after a gap it
/// rises from zero. Audio that begins an epoch is left alone, so that playback from a standstill equals the bounce.
#[derive(Default)]
pub struct Declick {
    last: [f32; 2],
    tail: [f32; 2],
    tail_left: u32,
    rise_left: u32,
    in_gap: bool,
}

impl Declick {
    /// A cut that follows from the song: a seek, a loop wrap, a stop. [audio-thread]
    pub fn cut(&mut self) {
        self.tail = self.last;
        self.tail_left = if self.tail == [0.0; 2] { 0 } else { DECLICK_FRAMES };
        self.rise_left = 0;
        self.in_gap = false;
    }

    /// Forgets all, for an epoch in which every bit counts. [audio-thread]
    pub fn reset(&mut self) {
        *self = Declick::default();
    }

    /// The next frame; `None` where audio is missing. [audio-thread]
    pub fn next(&mut self, frame: Option<[f32; 2]>) -> [f32; 2] {
        let mut out = match frame {
            Some(frame) => {
                if self.in_gap {
                    self.in_gap = false;
                    self.rise_left = DECLICK_FRAMES;
                }
                frame
            }
            None => {
                if !self.in_gap {
                    self.cut();
                    self.in_gap = true;
                }
                [0.0; 2]
            }
        };
        if self.rise_left > 0 {
            let gain = 1.0 - self.rise_left as f32 / (DECLICK_FRAMES + 1) as f32;
            out = out.map(|value| value * gain);
            self.rise_left -= 1;
        }
        if self.tail_left > 0 {
            let gain = self.tail_left as f32 / (DECLICK_FRAMES + 1) as f32;
            out = [out[0] + self.tail[0] * gain, out[1] + self.tail[1] * gain];
            self.tail_left -= 1;
        }
        self.last = out;
        out
    }

    /// Whether the next frames are changed by a fade. [audio-thread]
    pub fn is_idle(&self) -> bool {
        self.tail_left == 0 && self.rise_left == 0 && !self.in_gap
    }
}
