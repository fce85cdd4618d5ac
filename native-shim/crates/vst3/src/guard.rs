//! Keeps panics out of the host.

pub use simmer_instance::or_on_panic as entry_or;
use vst3::Steinberg::{kInternalError, tresult};

/// Runs an entry point; a panic becomes an error of the call. [thread-safe]
pub fn entry(body: impl FnOnce() -> tresult) -> tresult {
    entry_or(kInternalError, body)
}
