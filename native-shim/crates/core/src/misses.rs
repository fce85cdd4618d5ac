//! Where audio was not there in time, so that a page can show it in its place.

use crate::limits::MISSED_STRETCHES_MAX;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::*};

/// Stretches kept until the link takes them: a report comes four times a second, and what is contiguous is one stretch.
const STRETCHES_KEPT: u64 = MISSED_STRETCHES_MAX as u64;

/// Song frames `[from, to)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: i64,
    pub to: i64,
}

/// The last stretches that were missed, oldest first: one thread notes them, one reads.
#[derive(Default)]
pub struct Misses {
    slots: [(AtomicI64, AtomicI64); MISSED_STRETCHES_MAX],
    /// How many there have been.
    count: AtomicU64,
}

/// What a reader knows already.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    count: u64,
    newest: Option<Stretch>,
}

impl Misses {
    /// Frames `[from, to)` were due and not there. [audio-thread]
    pub fn note(&self, Stretch { from, to }: Stretch) {
        let count = self.count.load(Relaxed);
        if let (true, Some((_, end))) = (count > 0, self.slot(count.wrapping_sub(1)))
            && end.load(Relaxed) == from
        {
            end.store(to, Release);
            return;
        }
        if let Some((start, end)) = self.slot(count) {
            start.store(from, Relaxed);
            end.store(to, Relaxed);
        }
        self.count.store(count.wrapping_add(1), Release);
    }

    /// What is new since `known`, or has grown: whole stretches, at most [`STRETCHES_KEPT`]. Older ones that nobody read
    /// in time are lost; the counters have them. [link-thread]
    pub fn since(&self, known: &mut Known) -> Vec<Stretch> {
        let count = self.count.load(Acquire);
        // The newest one that is known may have grown.
        let first = known.count.saturating_sub(1).max(count.saturating_sub(STRETCHES_KEPT - 1));
        let read: Vec<(u64, Stretch)> = (first..count)
            .filter_map(|index| self.slot(index).map(|slot| (index, slot)))
            .map(|(index, (from, to))| (index, Stretch { from: from.load(Acquire), to: to.load(Acquire) }))
            .collect();
        // One that may have been written over meanwhile is neither the old nor the new.
        let now = self.count.load(Acquire);
        let news: Vec<Stretch> = read
            .into_iter()
            .filter(|(index, _)| now < index + STRETCHES_KEPT)
            .filter(|(index, stretch)| index + 1 != known.count || known.newest != Some(*stretch))
            .map(|(_, stretch)| stretch)
            .collect();
        known.count = count;
        known.newest = news.last().copied().or(known.newest);
        news
    }

    fn slot(&self, index: u64) -> Option<&(AtomicI64, AtomicI64)> {
        self.slots.get((index % STRETCHES_KEPT) as usize)
    }
}
