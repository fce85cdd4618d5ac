//! The audio thread's own window onto the song.

use crate::limits::WINDOW_FRAMES;
use crate::queue::Cell;

/// Audio addressed by epoch and song frame. Each frame carries a tag of both, so what is read is the audio of exactly
/// that place or nothing: never stale, shifted or repeated. A later cell for the same frames replaces the earlier one.
pub struct Timeline {
    frames: Box<[[f32; 2]]>,
    tags: Box<[u64]>,
}

const INDEX_BITS: u32 = WINDOW_FRAMES.trailing_zeros();
const MASK: i64 = WINDOW_FRAMES as i64 - 1;
/// Epoch 0 is never used, so no frame has this tag.
const EMPTY: u64 = 0;

fn index(frame: i64) -> usize {
    (frame & MASK) as usize
}

/// Frames within ±2^48 that share an index differ in the 32 bits above it.
fn tag(epoch: u32, frame: i64) -> u64 {
    (u64::from(epoch) << 32) | u64::from((frame >> INDEX_BITS) as u32)
}

impl Timeline {
    /// [main-thread]
    pub fn new() -> Timeline {
        // Written with a value other than zero first: zeroed memory comes from the kernel page by page at first touch,
        // and that touch must not be the audio thread's.
        let mut frames = vec![[1.0f32; 2]; WINDOW_FRAMES].into_boxed_slice();
        let mut tags = vec![u64::MAX; WINDOW_FRAMES].into_boxed_slice();
        std::hint::black_box(&mut frames).fill([0.0; 2]);
        std::hint::black_box(&mut tags).fill(EMPTY);
        Timeline { frames, tags }
    }

    /// Takes in the frames of a cell that lie in `[from, from + window)`. [audio-thread]
    pub fn write(&mut self, cell: &Cell, from: i64) {
        let count = i64::from(cell.frame_count);
        let first = cell.start.max(from);
        let end = cell.start.saturating_add(count).min(from.saturating_add(WINDOW_FRAMES as i64));
        for frame in first..end {
            let value = cell.frames.get((frame - cell.start) as usize).copied();
            if let (Some(value), Some(slot), Some(tag_slot)) =
                (value, self.frames.get_mut(index(frame)), self.tags.get_mut(index(frame)))
            {
                *slot = value;
                *tag_slot = tag(cell.epoch, frame);
            }
        }
    }

    /// The audio of that frame in that epoch, if it is there. [audio-thread]
    pub fn read(&self, epoch: u32, frame: i64) -> Option<[f32; 2]> {
        let at = index(frame);
        if self.tags.get(at) != Some(&tag(epoch, frame)) {
            return None;
        }
        self.frames.get(at).copied()
    }

    /// The first frame of `[from, to)` that is not there, or `to`. [audio-thread]
    pub fn first_missing(&self, epoch: u32, from: i64, to: i64) -> i64 {
        (from..to).find(|frame| self.tags.get(index(*frame)) != Some(&tag(epoch, *frame))).unwrap_or(to)
    }
}

impl Default for Timeline {
    fn default() -> Self {
        Timeline::new()
    }
}
