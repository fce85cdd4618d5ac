//! What the host gives the whole module: its context, and with it, on Linux, the way to its UI thread.

use crate::desk::{lock, put};
use std::sync::{Arc, Mutex};
use vst3::ComPtr;
use vst3::Steinberg::FUnknown;

/// The host's context as the factory was given it; the controllers it makes share it. Let go with the last of them.
#[derive(Clone, Default)]
pub struct Context(Arc<Mutex<Option<ComPtr<FUnknown>>>>);

impl Context {
    /// [main-thread]
    pub fn set(&self, context: Option<ComPtr<FUnknown>>) {
        put(&self.0, context);
    }

    /// [main-thread]
    pub fn get(&self) -> Option<ComPtr<FUnknown>> {
        lock(&self.0).clone()
    }
}
