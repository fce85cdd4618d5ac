//! What is known of the service: how the link to it stands, and what it says of itself and its model.

use crate::labels::Labels;
use crate::patience::LinkView;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

/// How the link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum LinkStatus {
    /// No service was found.
    Absent = 0,
    /// One was found; it has not answered yet.
    Connecting = 1,
    Ready = 2,
    /// The service was there and said that it cannot, or broke the protocol.
    Failed = 3,
    /// It is ready, but the model that this instance's takes were drawn from is not there.
    ModelMissing = 4,
}

impl LinkStatus {
    /// Whether the stream is open and answered. [thread-safe]
    pub fn is_up(self) -> bool {
        matches!(self, LinkStatus::Ready | LinkStatus::ModelMissing)
    }
}

/// What the service says of itself and of the model, for people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceWords {
    /// Empty: not known.
    pub model: String,
    /// Temperatures at which the model is worth playing; equal: not known.
    pub useful: (f64, f64),
    /// The temperature to begin with; 0: not known.
    pub temperature: f64,
    /// What is wrong and what to do; empty: nothing.
    pub trouble: String,
}

#[derive(Default)]
pub struct Service {
    words: Mutex<ServiceWords>,
    labels: Mutex<Arc<Labels>>,
    labels_changed: AtomicBool,
    status: AtomicU8,
    ever_ready: AtomicBool,
    last_message: AtomicI64,
    last_audio_or_progress: AtomicI64,
    /// The newest epoch the link cannot complete; 0: none.
    pub refused_epoch: AtomicU32,
}

impl Service {
    /// [thread-safe]
    pub fn link_status(&self) -> LinkStatus {
        match self.status.load(Relaxed) {
            1 => LinkStatus::Connecting,
            2 => LinkStatus::Ready,
            3 => LinkStatus::Failed,
            4 => LinkStatus::ModelMissing,
            _ => LinkStatus::Absent,
        }
    }

    /// [link-thread]
    pub fn set_link_status(&self, status: LinkStatus) {
        self.status.store(status as u8, Relaxed);
        if status.is_up() {
            self.ever_ready.store(true, Relaxed);
        }
    }

    /// A message has come. [link-thread]
    pub fn on_message(&self, audio_or_progress: bool, now: i64) {
        self.last_message.store(now, Relaxed);
        if audio_or_progress {
            self.last_audio_or_progress.store(now, Relaxed);
        }
    }

    /// [audio-thread]
    pub fn link_view(&self) -> LinkView {
        let status = self.link_status();
        LinkView {
            ready: status.is_up(),
            ever_ready: self.ever_ready.load(Relaxed),
            service_seen: matches!(status, LinkStatus::Connecting | LinkStatus::Failed),
            last_message: self.last_message.load(Relaxed),
            last_audio_or_progress: self.last_audio_or_progress.load(Relaxed),
        }
    }

    /// [link-thread]
    pub fn set_words(&self, words: ServiceWords) {
        *self.words.lock().unwrap_or_else(PoisonError::into_inner) = words;
    }

    /// Any thread but the audio thread.
    pub fn words(&self) -> ServiceWords {
        self.words.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the model can be asked for. True: it was something else. [link-thread] [main-thread]
    pub fn set_labels(&self, labels: Labels) -> bool {
        let mut kept = self.labels.lock().unwrap_or_else(PoisonError::into_inner);
        if **kept == labels {
            return false;
        }
        *kept = Arc::new(labels);
        self.labels_changed.store(true, Relaxed);
        true
    }

    /// Any thread but the audio thread.
    pub fn labels(&self) -> Arc<Labels> {
        self.labels.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the host has texts to ask for again. [thread-safe]
    pub fn have_labels_changed(&self) -> bool {
        self.labels_changed.load(Relaxed)
    }

    /// The same, once: whoever asks has the host ask again. [main-thread]
    pub fn take_labels_changed(&self) -> bool {
        self.labels_changed.swap(false, Relaxed)
    }
}
