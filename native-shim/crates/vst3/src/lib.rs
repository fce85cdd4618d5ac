//! The VST3 layer: COM classes around a `simmer-instance`.
//!
//! The rules of its `unsafe`, in place of a remark at every line:
//! * A pointer from the host is checked for null, and believed otherwise: VST3 gives no other way.
//! * Nothing unwinds into the host: every entry runs inside [`guard::entry`].
//! * Nothing of the host is kept beyond the call, except by the controller: the host itself and its way to the
//!   component, each a counted reference that `terminate` gives back.

#![allow(clippy::missing_safety_doc, reason = "COM methods: the ABI is the contract")]
#![allow(clippy::unnecessary_cast, reason = "enum constants of the ABI are signed on Windows, unsigned elsewhere")]

mod audio;
mod buses;
mod component;
mod connection;
mod controller;
mod entry;
mod factory;
mod guard;
mod process;
mod stream;
mod text;
