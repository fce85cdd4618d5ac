//! Scenarios, and what a host that carries one out needs in any format.
//!
//! `scenario` is the language, `walk` where each call is in the song, `lane`, `guide` and `parameters` what it is told, `touch`
//! what a person writes, `pace` when it comes, `place` where its files go, `check` what the plugin must not do, `recording` and
//! `report` what is written of it.

pub mod check;
pub mod guide;
pub mod lane;
pub mod pace;
pub mod parameters;
pub mod place;
pub mod recording;
pub mod report;
pub mod scenario;
pub mod touch;
mod trouble;
pub mod walk;

pub use trouble::Trouble;
