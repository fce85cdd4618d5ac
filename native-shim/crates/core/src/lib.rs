//! What the shim does, without any plugin format and without any network.
//!
//! A format layer (VST3 today) fills [`Engine`]'s lanes and scratch buffers from the host's call, runs it and copies the
//! result out. A link (gRPC today) drains [`Inlet`] and fills the timeline through [`CellSender`]. Neither knows the other.
//!
//! Threads, as tagged on functions:
//! * `[audio-thread]`: the host's process call. Nothing here allocates, locks, logs or makes a system call, except where
//!   a function says that it waits, which only an offline epoch does.
//! * `[main-thread]`: the host's other calls.
//! * `[link-thread]`: the background connection.
//! * `[thread-safe]`: any of them.

#![forbid(unsafe_code)]

mod bell;
mod call;
mod declick;
mod edits;
mod engine;
mod epoch;
mod evidence;
mod gesture;
mod labels;
mod lane;
pub mod limits;
mod looping;
mod misses;
mod output;
pub mod parameter;
mod patience;
mod queue;
mod shared;
mod state;
mod timeline;
mod wait_policy;
mod window;

pub use bell::Bell;
pub use call::{Call, LoopRange, MusicalTime, Transport};
pub use declick::Declick;
pub use edits::{EditReceiver, EditSender, edit_queue};
pub use engine::{Engine, Wake};
pub use epoch::{Decision, EpochTracker, Place, Start, StartMode};
pub use evidence::Evidence;
pub use gesture::{Edit, Phase, Source};
pub use labels::Labels;
pub use lane::{Breakpoint, Interpolation, Lane, LaneCursor};
pub use looping::Looping;
pub use misses::{Known as MissesKnown, Misses, Stretch};
pub use patience::{GiveUp, LinkView, Patience};
pub use queue::{
    Block, BlockHeader, BlockLane, Cell, CellReceiver, CellSender, Inlet, LaneHead, Message, Outlet, Queues, queues,
};
pub use shared::{Counters, Gestures, Inputs, LinkStatus, Played, Service, ServiceWords, Shared, Song, Status, Track};
pub use state::{State, StateError};
pub use timeline::Timeline;
pub use wait_policy::{RenderWait, renders_offline};
pub use window::{Taken, Window};
