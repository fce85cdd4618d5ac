//! The background connection from the shim to the service, on one thread of its own per instance.
//!
//! Protobuf types do not leave this crate; what the rest of the shim sees are `simmer-core`'s queues and numbers.

#![forbid(unsafe_code)]

mod acceptance;
mod book;
mod chunk;
mod config;
mod control;
mod convert;
mod discovery;
mod ended;
mod history;
mod link;
mod log;
mod notifier;
mod plumbing;
mod proof;
mod session;
mod waker;
/// The protocol's messages. Public for the test service only.
pub mod wire;

pub use acceptance::Verdict;
pub use book::Book;
pub use chunk::{ChunkError, ChunkPlace, Label, split};
pub use config::LinkConfig;
pub use discovery::{Absence, ServiceAddress, find_in, runtime_folder};
pub use link::{Ends, Link};
pub use notifier::{Notifier, OnEdits};
pub use proof::{Role, nonce, prove, verify};
pub use waker::Waker;
