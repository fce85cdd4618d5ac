//! The CLAP layer: plain functions of CLAP's C interface around a `simmer-instance`.
//!
//! The rules of its `unsafe`, in place of a remark at every line:
//! * A pointer from the host is checked for null, and believed otherwise: CLAP gives no other way.
//! * Nothing unwinds into the host: every entry that does more than answer a constant runs inside
//!   `simmer_instance::or_on_panic`.
//! * The host is kept for as long as CLAP says it lives: until `destroy`.

#![allow(clippy::missing_safety_doc, reason = "functions of a C interface: the ABI is the contract")]

mod entry;
mod events;
mod factory;
#[cfg(target_os = "linux")]
mod gui;
mod host;
mod params;
mod plugin;
mod port_info;
mod process;
mod render;
mod song;
mod state;
mod text;
mod track;

pub use song::{SongClock, SongPlace};
