//! A service that speaks the protocol and renders a formula, with faults on demand. For tests only.
//!
//! The audio of song frame p is `formula(seed, p) ` plus a tenth of the temperature there and a tenth of the guide, so
//! that a test can tell for every frame which seed, place, lane and guide it was made from. In playback it is
//! `revised(seed, p, revision)` alone.

mod behaviour;
mod render;
mod seen;
mod server;
mod spoil;
mod stream;

pub use behaviour::{Behaviour, Hostile, Revise};
pub use render::{formula, lane_at, render_block, revised, temperature_of};
pub use seen::Seen;
pub use server::FakeService;
