//! Calls whoever passes people's edits to the host.

use std::sync::{Arc, Mutex, PoisonError};

/// Called when there are steps of gestures for the host: on the link's thread, so it must be quick and not wait for the host.
pub type OnEdits = Arc<dyn Fn() + Send + Sync>;

/// A place for that call. Formats learn late who speaks to the host, so it may be empty and may change.
#[derive(Clone, Default)]
pub struct Notifier(Arc<Mutex<Option<OnEdits>>>);

impl Notifier {
    /// [main-thread]
    pub fn set(&self, on_edits: Option<OnEdits>) {
        let before = std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), on_edits);
        drop(before);
    }

    /// The lock is not held while the call goes on. [link-thread]
    pub fn ring(&self) {
        let on_edits = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(on_edits) = on_edits {
            on_edits();
        }
    }
}
