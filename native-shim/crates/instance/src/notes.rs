//! Values that the host's editing side names outside the process call.

use simmer_core::parameter::PARAMETERS;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

/// A host that has not processed for this long has stopped doing so.
const PAUSE_NANOS: i64 = 500_000_000;

/// What a VST3 controller was given last, per parameter id.
///
/// While process() runs, its points are the truth: hosts echo automation to the controller, late and coarsely, and taking
/// the echo for a new value would bend the lane. While it does not run the controller alone knows, and what it knows must
/// be in a saved state and be heard when processing begins. [main-thread]
pub struct Notes {
    noted: [Option<(f64, i64)>; PARAMETERS.len()],
}

/// When process() was last entered and left, in nanoseconds of the instance's clock.
pub struct LastCall {
    entered: AtomicI64,
    left: AtomicI64,
}

/// No call yet.
const NEVER: i64 = i64::MIN;
/// The call goes on: one that waits for its audio may take long.
const INSIDE: i64 = i64::MAX;

impl Notes {
    pub fn new() -> Notes {
        Notes { noted: [None; PARAMETERS.len()] }
    }

    /// Takes a note; says whether the value must reach the engine by itself, since no process call will bring it.
    pub fn take(&mut self, index: usize, plain: f64, now: i64, last_call: &LastCall) -> bool {
        if let Some(slot) = self.noted.get_mut(index) {
            *slot = Some((plain, now));
        }
        last_call.pauses(now)
    }

    /// The noted value of a parameter, if no process call was entered after it.
    pub fn newest(&self, index: usize, last_call: &LastCall) -> Option<f64> {
        let (plain, at) = self.noted.get(index).copied().flatten()?;
        (at >= last_call.entered.load(Relaxed)).then_some(plain)
    }

    /// A state was loaded: what was noted before it is past.
    pub fn forget(&mut self) {
        *self = Notes::new();
    }
}

impl LastCall {
    pub fn never() -> LastCall {
        LastCall { entered: AtomicI64::new(NEVER), left: AtomicI64::new(NEVER) }
    }

    /// [audio-thread]
    pub fn enter(&self, now: i64) {
        self.entered.store(now, Relaxed);
        self.left.store(INSIDE, Relaxed);
    }

    /// [audio-thread]
    pub fn leave(&self, now: i64) {
        self.left.store(now, Relaxed);
    }

    /// Whether process() is not running, nor has been for a while.
    fn pauses(&self, now: i64) -> bool {
        match self.left.load(Relaxed) {
            NEVER => true,
            INSIDE => false,
            left => now.saturating_sub(left) > PAUSE_NANOS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_set_before_any_process_call_counts_and_must_be_heard() {
        let (mut notes, last) = (Notes::new(), LastCall::never());
        assert_eq!(notes.newest(0, &last), None);
        assert!(notes.take(0, 0.25, 10, &last));
        assert_eq!(notes.newest(0, &last), Some(0.25));
        assert_eq!(notes.newest(1, &last), None);
    }

    #[test]
    fn an_echo_of_automation_is_overruled_by_the_next_call() {
        let (mut notes, last) = (Notes::new(), LastCall::never());
        last.enter(1_000);
        last.leave(1_500);
        assert!(!notes.take(0, 0.25, 2_000, &last), "process() runs and brings what changes");
        assert_eq!(notes.newest(0, &last), Some(0.25), "unless it has just ended");
        last.enter(3_000);
        assert_eq!(notes.newest(0, &last), None);
    }

    #[test]
    fn a_pause_ends_what_process_knows() {
        let (mut notes, last) = (Notes::new(), LastCall::never());
        last.enter(0);
        last.leave(0);
        assert!(!notes.take(0, 0.5, PAUSE_NANOS, &last));
        assert!(notes.take(0, 0.75, PAUSE_NANOS + 1, &last));
        last.enter(2 * PAUSE_NANOS);
        assert!(!notes.take(0, 0.75, 9 * PAUSE_NANOS, &last), "a call that waits for its audio is no pause");
        notes.forget();
        assert_eq!(notes.newest(0, &last), None);
    }

    #[test]
    fn ids_that_do_not_exist_are_borne() {
        let (mut notes, last) = (Notes::new(), LastCall::never());
        notes.take(9_999, 0.5, 0, &last);
        assert_eq!(notes.newest(9_999, &last), None);
    }
}
