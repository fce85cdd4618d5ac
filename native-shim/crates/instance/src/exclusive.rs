//! Something only one thread may touch at a time, without a lock.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, Ordering};

/// Plugin formats promise that process and activation never run at once. This holds hosts to it: who comes second is
/// refused.
pub struct Exclusive<T> {
    busy: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: `value` is reached only by the thread that turned `busy` from false to true, which is given back with Release.
unsafe impl<T: Send> Sync for Exclusive<T> {}

struct Release<'a>(&'a AtomicBool);

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl<T> Exclusive<T> {
    /// [main-thread]
    pub fn new(value: T) -> Exclusive<T> {
        Exclusive { busy: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    /// Runs `body` on the value unless somebody else has it. [thread-safe]
    pub fn try_with<R>(&self, body: impl FnOnce(&mut T) -> R) -> Option<R> {
        if self.busy.swap(true, Ordering::Acquire) {
            return None;
        }
        let release = Release(&self.busy);
        // SAFETY: `busy` was false and is true now, so no other thread holds a reference; it is released after use,
        // also when `body` panics.
        let result = body(unsafe { &mut *self.value.get() });
        drop(release);
        Some(result)
    }

    /// As `try_with`, but waits a while for the other. [main-thread]
    pub fn with<R>(&self, mut body: impl FnMut(&mut T) -> R) -> Option<R> {
        for _ in 0..200 {
            if let Some(result) = self.try_with(&mut body) {
                return Some(result);
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        None
    }
}
