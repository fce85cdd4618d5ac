//! Wakes a waiting process call.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Rung by the link whenever something came in. Only an offline epoch ever listens.
#[derive(Default)]
pub struct Bell {
    count: Mutex<u64>,
    rung: Condvar,
}

impl Bell {
    /// [link-thread]
    pub fn ring(&self) {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.rung.notify_all();
    }

    /// How often it has rung. [audio-thread, offline epochs only: locks]
    pub fn count(&self) -> u64 {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it has rung more than `seen` times, or the time is up. [audio-thread, offline epochs only: waits]
    pub fn wait_beyond(&self, seen: u64, at_most: Duration) {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        // A poisoned lock only means that another thread panicked between two additions; the count is still good.
        drop(self.rung.wait_timeout_while(count, at_most, |count| *count <= seen));
    }
}
