//! Keeps panics out of the host.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs the body of an entry point; a panic becomes `on_panic`. [thread-safe]
pub fn or_on_panic<T>(on_panic: T, body: impl FnOnce() -> T) -> T {
    // A half-made change behind `&self` is only ever in atomics, mutexes (poisoning is ignored on purpose) or the
    // engine, whose buffers hold numbers: no broken invariant can be seen later.
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(on_panic)
}
