//! A small CLAP host that drives the built plugin. For tests only.
//!
//! Scanning, life, extensions and states go through `clack-host`, which knows nothing of how the plugin is made. Process
//! calls are put together here, field by field, so that tests can say what no well-behaved host would. The host's own
//! side of a process call neither allocates nor makes a system call, so that what a guard counts is the plugin's.

#![allow(clippy::missing_safety_doc, reason = "functions of a C interface: the ABI is the contract")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test host fails loudly")]

mod audio_thread;
mod block;
mod daw;
mod events;
pub mod play;
mod player;
mod plugin;

pub use audio_thread::on_audio_thread;
pub use block::{Block, Place, Width};
pub use daw::Daw;
pub use events::Step;
pub use player::Player;
pub use plugin::{Plugin, entry, entry_at};
pub use simmer_host_kit::Stage;
