//! One plugin instance, whatever the format: its life, its process call, its state.
//!
//! A format layer (`vst3`, `clap`) owns an [`Instance`] and translates: the host's calls into [`Instance`]'s, the host's
//! process call into [`Turn`]s with [`Ports`]. What both formats need is here, what only one of them knows is not.
//!
//! Threads are tagged as in `simmer-core`. The `unsafe` here is for the host's audio pointers ([`Ports`]), for what only
//! one thread may touch at a time ([`Exclusive`]), and for asking the system which thread this is.

#[cfg(target_os = "linux")]
mod editor;
mod exclusive;
mod guard;
mod instance;
mod notes;
mod ports;
mod thread;
mod turn;

#[cfg(target_os = "linux")]
pub use editor::EditorDesk;
pub use exclusive::Exclusive;
pub use guard::or_on_panic;
pub use instance::Instance;
pub use ports::{Port, Ports};
pub use simmer_core::{Edit, Phase};
pub use simmer_link::OnEdits;
pub use turn::{Points, Turn};
