//! What belongs to the song: the recipe of the takes, and the track. The audio thread never touches it.

use crate::limits::{TAKES_BYTES_MAX, TRACK_NAME_BYTES_MAX};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The track or channel that the instance is on, as the host names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// Empty: the host does not say.
    pub name: String,
    /// 0xRRGGBB.
    pub colour: Option<u32>,
}

#[derive(Default)]
pub struct Song {
    track: Mutex<Track>,
    takes: Mutex<Vec<u8>>,
    takes_loaded: AtomicU32,
}

impl Song {
    /// What the host says of the instance's track. [main-thread]
    pub fn set_track(&self, mut track: Track) {
        while track.name.len() > TRACK_NAME_BYTES_MAX {
            track.name.pop();
        }
        *self.track.lock().unwrap_or_else(PoisonError::into_inner) = track;
    }

    /// [link-thread]
    pub fn track(&self) -> Track {
        self.track.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The recipe of the takes, as it goes into the state; empty: none yet. [main-thread] [link-thread]
    pub fn takes(&self) -> Vec<u8> {
        self.lock_takes().clone()
    }

    /// The recipe that a stream is opened with, and which it is. [link-thread]
    pub fn takes_to_open(&self) -> (Vec<u8>, u32) {
        let takes = self.lock_takes();
        (takes.clone(), self.takes_load_count())
    }

    /// What the service says the recipe is now, on a stream that was opened with those takes; `false` if it is too long,
    /// or if a state has brought others since, of which the stream knows nothing. [link-thread]
    pub fn set_takes(&self, recipe: Vec<u8>, opened_with: u32) -> bool {
        let mut takes = self.lock_takes();
        let is_wanted = recipe.len() <= TAKES_BYTES_MAX && self.takes_load_count() == opened_with;
        if is_wanted {
            *takes = recipe;
        }
        is_wanted
    }

    /// What a saved state says the recipe is. [main-thread]
    pub fn restore_takes(&self, recipe: &[u8]) {
        let mut takes = self.lock_takes();
        if takes.as_slice() != recipe && recipe.len() <= TAKES_BYTES_MAX {
            *takes = recipe.to_vec();
            self.takes_loaded.fetch_add(1, Relaxed);
        }
    }

    /// Rises whenever a state was loaded that brought other takes: the service must have them. [main-thread]
    pub fn takes_load_count(&self) -> u32 {
        self.takes_loaded.load(Relaxed)
    }

    fn lock_takes(&self) -> MutexGuard<'_, Vec<u8>> {
        // A poisoned lock only means that another thread panicked; a vector is replaced whole or not at all.
        self.takes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
