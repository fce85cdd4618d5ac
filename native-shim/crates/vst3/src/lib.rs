//! The VST3 layer: COM classes around a `simmer-instance`.
//!
//! The rules of its `unsafe`, in place of a remark at every line:
//! * A pointer from the host is checked for null, and believed otherwise: VST3 gives no other way.
//! * Nothing unwinds into the host: every entry runs inside [`guard::entry`].
//! * Nothing of the host is kept beyond the call, except its context by the factory, and by the controller: the host itself,
//!   its way to the component, its component handler and its run loop, each a counted reference that `terminate` gives back.

#![allow(clippy::missing_safety_doc, reason = "COM methods: the ABI is the contract")]
#![allow(clippy::unnecessary_cast, reason = "enum constants of the ABI are signed on Windows, unsigned elsewhere")]

mod audio;
mod buses;
mod component;
mod connection;
mod context;
mod controller;
mod desk;
mod entry;
mod factory;
mod guard;
mod messenger;
mod process;
#[cfg(target_os = "linux")]
mod run_loop;
mod stream;
mod text;
#[cfg(target_os = "linux")]
mod view;
