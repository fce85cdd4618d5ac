//! What the test hosts of both formats share. For tests and measurements only.
//!
//! [`play`] is the language of scenarios and what carrying one out needs, [`gestures`] what a plugin tells the host of them,
//! [`guard`] the real-time guard, [`editor_trials`] what an editor must bear in a host of either format, [`Stage`] a runtime folder
//! of a test's own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test host fails loudly")]

mod built_library;
#[cfg(target_os = "linux")]
pub mod editor_trials;
pub mod gestures;
#[cfg(target_os = "linux")]
pub mod guard;
pub mod play;
mod stage;
#[cfg(target_os = "linux")]
pub mod x;

pub use built_library::{built_library, find_library};
pub use stage::{Stage, on_audio_thread};
