//! A small VST3 host that drives the built plugin. For tests and measurements only.
//!
//! Unlike a DAW it is told exactly what to say: every point with its offset, every position, missing pointers. Its own
//! side of a process call neither allocates nor makes a system call, so that what a guard counts is the plugin's.
//!
//! [`play`] is this host as a program: it carries out a scenario and writes what came out.

#![allow(clippy::missing_safety_doc, reason = "COM methods: the ABI is the contract")]
#![allow(clippy::unnecessary_cast, reason = "enum constants of the ABI are signed on Windows, unsigned elsewhere")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test host fails loudly")]

mod application;
mod block;
mod gestures;
mod module;
mod objects;
pub mod play;
mod plugin;
#[cfg(target_os = "linux")]
pub mod run_loop;

pub use block::{Block, Position};
pub use module::{Module, binary_of};
pub use plugin::{HostSide, Mode, Plugin};
