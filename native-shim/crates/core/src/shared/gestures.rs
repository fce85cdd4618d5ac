//! Which inputs people hold, and what of their edits the host has.

use crate::gesture::{Edit, Phase, Source};
use crate::parameter::PARAMETER_COUNT;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering::*};

pub struct Gestures {
    /// What a gesture set last, plain, and when; in nanoseconds of the instance's clock.
    set: [(AtomicU64, AtomicI64); PARAMETER_COUNT],
    /// Of the last edit from the page that the host has.
    applied_sequence_number: AtomicU64,
    /// How many gestures each parameter is held by, from their begin until the host has their end: quick people have several
    /// under way. A source's count is the 16 bits at `Source::unit`; all but one source's are 0.
    held: [AtomicU32; PARAMETER_COUNT],
}

impl Default for Gestures {
    fn default() -> Gestures {
        Gestures {
            set: std::array::from_fn(|_| (AtomicU64::new(0), AtomicI64::new(i64::MIN))),
            applied_sequence_number: AtomicU64::new(0),
            held: Default::default(),
        }
    }
}

impl Gestures {
    /// The host has taken a step of a gesture. [audio-thread] or the host's main thread
    pub fn on_applied(&self, edit: Edit, now: i64) {
        if let (Phase::Perform(plain), Some((value, at))) = (edit.phase, self.set.get(edit.index)) {
            value.store(plain.to_bits(), Relaxed);
            at.store(now, Relaxed);
        }
        if edit.phase == Phase::End {
            self.let_go(edit.index, edit.source);
        }
        if edit.source == Source::Page {
            self.applied_sequence_number.store(edit.sequence_number, Release);
        }
    }

    /// Takes hold of a parameter, once more if it does already; false: it is held from elsewhere.
    /// [link-thread] or [editor-thread]
    pub fn claim(&self, index: usize, source: Source) -> bool {
        let Some(held) = self.held.get(index) else { return false };
        // All sources count in one word: of two that take hold at once exactly one does. Acquire: it sees what the one before
        // it did to the host.
        let more = |held: u32| (held & !source.mask() == 0).then_some(held + source.unit());
        held.fetch_update(AcqRel, Relaxed, more).is_ok()
    }

    /// Once for each claim. A single step of the processor, however many sources there are. [audio-thread] or the host's main thread
    pub(crate) fn let_go(&self, index: usize, source: Source) {
        if let Some(held) = self.held.get(index) {
            held.fetch_sub(source.unit(), Release);
        }
    }

    /// The sequence number of the page's last step that the host has. [link-thread]
    pub fn applied_sequence_number(&self) -> u64 {
        self.applied_sequence_number.load(Acquire)
    }

    /// What a gesture has set an input to, if that was after `since`. [link-thread]
    pub(super) fn set_after(&self, index: usize, since: i64) -> Option<f64> {
        let (value, at) = self.set.get(index)?;
        (at.load(Relaxed) > since).then(|| f64::from_bits(value.load(Relaxed)))
    }
}
