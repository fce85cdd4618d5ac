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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_second_is_refused() {
        let cell = Exclusive::new(1);
        let inner = cell.try_with(|value| {
            *value += 1;
            cell.try_with(|value| *value += 10)
        });
        assert_eq!((inner, cell.try_with(|value| *value)), (Some(None), Some(2)));
    }

    #[test]
    fn a_panic_gives_it_back() {
        let cell = Exclusive::new(1);
        let broken = crate::or_on_panic(None, || cell.try_with(|_| panic!("on purpose")));
        assert_eq!((broken, cell.try_with(|value| *value)), (None::<()>, Some(1)));
    }

    #[test]
    fn many_threads_never_have_it_at_once() {
        let cell = Exclusive::new(0u64);
        let done: u64 = std::thread::scope(|scope| {
            let worker = || (0..20_000).filter(|_| cell.try_with(|value| *value += 1).is_some()).count() as u64;
            let workers: Vec<_> = (0..4).map(|_| scope.spawn(worker)).collect();
            workers.into_iter().map(|worker| worker.join().unwrap_or(0)).sum()
        });
        assert_eq!(cell.with(|value| *value), Some(done));
    }
}
