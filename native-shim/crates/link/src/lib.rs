//! The background connection from the shim to the service, on one thread of its own per instance.
//!
//! Protobuf types do not leave this crate; what the rest of the shim sees are `simmer-core`'s queues and numbers.

#![forbid(unsafe_code)]

mod book;
mod chunk;
mod config;
mod convert;
mod discovery;
mod hands;
mod link;
mod log;
mod plumbing;
mod proof;
mod session;
mod waker;
/// The protocol's messages. Public for the test service only.
pub mod wire;

pub use book::{Book, Verdict};
pub use chunk::{ChunkError, ChunkPlace, Label, split};
pub use config::LinkConfig;
pub use discovery::{Absence, ServiceAddress, find_in, runtime_folder};
pub use hands::{Hands, OnEdits};
pub use link::{Ends, Link};
pub use proof::{Role, nonce, prove, verify};
pub use waker::Waker;
