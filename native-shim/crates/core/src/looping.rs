//! Where the frames of one call are in the song, if the host's loop ends inside it.

use crate::call::LoopRange;
use crate::limits::LOOP_FRAMES_MIN;

/// Follows a host that wraps inside a block, until one is found that does not.
#[derive(Debug, Default)]
pub struct Looping {
    /// The loop that ends in this call.
    range: Option<LoopRange>,
    /// Where the next call begins if the host goes straight on, while it was taken to wrap.
    straight_on: Option<i64>,
    /// This host goes straight on.
    refuted: bool,
}

impl Looping {
    /// The host is set up anew: it may wrap. [main-thread]
    pub fn prepare(&mut self) {
        *self = Looping::default();
    }

    /// A call begins at that frame; `None` where the transport stands or free-runs. [audio-thread]
    pub fn begin(&mut self, frame: Option<i64>) {
        self.range = None;
        if let (Some(straight_on), Some(frame)) = (self.straight_on.take(), frame) {
            self.refuted |= straight_on == frame;
        }
    }

    /// The call plays `frame_count` frames from `frame` on, and the host says that this is its loop. [audio-thread]
    pub fn follow(&mut self, frame: i64, frame_count: usize, range: LoopRange) {
        let straight_on = frame.saturating_add(frame_count as i64);
        let is_loop = range.end.saturating_sub(range.start) >= LOOP_FRAMES_MIN;
        if !self.refuted && is_loop && frame < range.end && range.end < straight_on {
            self.range = Some(range);
            // A loop that the call fits into a whole number of times says nothing about the host.
            self.straight_on = (self.at(frame, frame_count).0 != straight_on).then_some(straight_on);
        }
    }

    /// The call is over. [audio-thread]
    pub fn end(&mut self) {
        self.range = None;
    }

    /// The song frame at an offset of a call that begins at `frame`, and how many frames from there go straight on.
    /// [audio-thread]
    pub fn at(&self, frame: i64, offset: usize) -> (i64, usize) {
        let unwrapped = frame.saturating_add(offset as i64);
        let Some(range) = self.range else { return (unwrapped, usize::MAX) };
        let beyond = unwrapped.saturating_sub(range.end);
        let place = if beyond < 0 { unwrapped } else { range.start + beyond % (range.end - range.start) };
        (place, usize::try_from(range.end - place).unwrap_or(usize::MAX))
    }
}
