//! A window onto the song, in a fixed place.

use crate::queue::Cell;

/// Audio addressed by epoch and song frame. Each frame carries a tag of both, so what is read is the audio of exactly
/// that place or nothing: never stale, shifted or repeated. A later cell for the same frames replaces the earlier one.
pub struct Timeline {
    frames: Box<[[f32; 2]]>,
    tags: Box<[u64]>,
    index_bits: u32,
}

/// With fewer, the song frames that share an index would not differ in the 32 bits above it.
const INDEX_BITS_MIN: u32 = 16;
const INDEX_BITS_MAX: u32 = 24;
/// Epoch 0 is never used, so no frame has this tag.
const EMPTY: u64 = 0;

impl Timeline {
    /// Holds at least that many frames: a power of two from 2^16 on. [main-thread]
    pub fn new(frame_count: usize) -> Timeline {
        let index_bits = frame_count.max(1).next_power_of_two().trailing_zeros().clamp(INDEX_BITS_MIN, INDEX_BITS_MAX);
        // Written with a value other than zero first: zeroed memory comes from the kernel page by page at first touch,
        // and that touch must not be the audio thread's.
        let mut frames = vec![[1.0f32; 2]; 1 << index_bits].into_boxed_slice();
        let mut tags = vec![u64::MAX; 1 << index_bits].into_boxed_slice();
        std::hint::black_box(&mut frames).fill([0.0; 2]);
        std::hint::black_box(&mut tags).fill(EMPTY);
        Timeline { frames, tags, index_bits }
    }

    /// How many frames it holds. [thread-safe]
    pub fn frame_count(&self) -> i64 {
        1 << self.index_bits
    }

    fn index(&self, frame: i64) -> usize {
        (frame & (self.frame_count() - 1)) as usize
    }

    /// Frames from 0 to 2^48 that share an index differ in the 32 bits above it.
    fn tag(&self, epoch: u32, frame: i64) -> u64 {
        (u64::from(epoch) << 32) | u64::from((frame >> self.index_bits) as u32)
    }

    /// Takes in the frames of a cell that lie in `[from, from + window)`. [audio-thread]
    pub fn write(&mut self, cell: &Cell, from: i64) {
        let count = i64::from(cell.frame_count);
        let first = cell.start.max(from);
        let end = cell.start.saturating_add(count).min(from.saturating_add(self.frame_count()));
        for frame in first..end {
            let (at, tag) = (self.index(frame), self.tag(cell.epoch, frame));
            let value = cell.frames.get((frame - cell.start) as usize).copied();
            if let (Some(value), Some(slot), Some(tag_slot)) = (value, self.frames.get_mut(at), self.tags.get_mut(at)) {
                *slot = value;
                *tag_slot = tag;
            }
        }
    }

    /// Forgets the frames of `[from, to)` in that epoch. [audio-thread]
    pub fn clear(&mut self, epoch: u32, from: i64, to: i64) {
        for frame in from..to.min(from.saturating_add(self.frame_count())) {
            let (at, tag) = (self.index(frame), self.tag(epoch, frame));
            if let Some(slot) = self.tags.get_mut(at).filter(|slot| **slot == tag) {
                *slot = EMPTY;
            }
        }
    }

    fn has(&self, epoch: u32, frame: i64) -> bool {
        self.tags.get(self.index(frame)) == Some(&self.tag(epoch, frame))
    }

    /// The audio of that frame in that epoch, if it is there. [audio-thread]
    pub fn read(&self, epoch: u32, frame: i64) -> Option<[f32; 2]> {
        if !self.has(epoch, frame) {
            return None;
        }
        self.frames.get(self.index(frame)).copied()
    }

    /// The first frame of `[from, to)` that is not there, or `to`. [audio-thread]
    pub fn first_missing(&self, epoch: u32, from: i64, to: i64) -> i64 {
        (from..to).find(|frame| !self.has(epoch, *frame)).unwrap_or(to)
    }
}
