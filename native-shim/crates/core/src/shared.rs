//! What the threads of one instance know of each other, by who writes it.

mod gestures;
mod inputs;
mod played;
mod service;
mod song;

pub use gestures::Gestures;
pub use inputs::Inputs;
pub use played::{Counters, Played, Status};
pub use service::{LinkStatus, Service, ServiceWords};
pub use song::{Song, Track};

use crate::limits::EDIT_SHOWN_NANOS;
use std::time::Instant;

/// Shared by the audio, main and link threads of one instance.
pub struct Shared {
    origin: Instant,
    /// What the host sets: main and audio thread.
    pub inputs: Inputs,
    /// What people do to the inputs: whoever passes edits to the host.
    pub gestures: Gestures,
    /// What is saved with the song: main and link thread.
    pub song: Song,
    /// What is known of the service: link thread.
    pub service: Service,
    /// What became of the audio: audio thread.
    pub played: Played,
}

impl Shared {
    /// [main-thread]
    pub fn new() -> Shared {
        Shared {
            origin: Instant::now(),
            inputs: Inputs::default(),
            gestures: Gestures::default(),
            song: Song::default(),
            service: Service::default(),
            played: Played::default(),
        }
    }

    /// Monotonic nanoseconds since the instance was made; read without a system call. [thread-safe]
    pub fn now(&self) -> i64 {
        i64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(i64::MAX)
    }

    /// The value to show as the host's: what a gesture has just set, until the host has had the time to say otherwise.
    /// [link-thread]
    pub fn shown(&self, index: usize) -> f64 {
        let since = self.now().saturating_sub(EDIT_SHOWN_NANOS);
        self.gestures.set_after(index, since).unwrap_or_else(|| self.inputs.value(index))
    }
}

impl Default for Shared {
    fn default() -> Self {
        Shared::new()
    }
}
