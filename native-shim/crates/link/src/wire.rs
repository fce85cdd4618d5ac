#![allow(clippy::all, missing_docs, reason = "generated")]

tonic::include_proto!("simmer.v1");

/// Messages are at most this long, in both directions. docs/protocol.md.
pub const MESSAGE_BYTES_MAX: usize = 1 << 20;
pub const PROTOCOL_VERSION: i32 = 2;
