//! Keeps panics out of the host.

use std::panic::{AssertUnwindSafe, catch_unwind};
use vst3::Steinberg::{kInternalError, tresult};

/// Runs an entry point; a panic becomes an error of the call. [thread-safe]
pub fn entry(body: impl FnOnce() -> tresult) -> tresult {
    entry_or(kInternalError, body)
}

/// Runs an entry point that returns something else. [thread-safe]
pub fn entry_or<T>(on_panic: T, body: impl FnOnce() -> T) -> T {
    // A half-made change behind `&self` is only ever in atomics, mutexes (poisoning is ignored on purpose) or the
    // engine, whose buffers hold numbers: no broken invariant can be seen later.
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(on_panic)
}
