//! When a call comes: by the clock, as an audio driver would have it, or at once.

use crate::play::scenario::{NamedPace, Pace};
use std::time::{Duration, Instant};

/// The clock of one segment.
pub struct Clock {
    started: Instant,
    sample_rate: f64,
    /// How far ahead of the clock calls come; `None`: as fast as they are answered.
    ahead: Option<Duration>,
}

impl Clock {
    pub fn start(pace: Pace, sample_rate: f64) -> Clock {
        let ahead = match pace {
            Pace::Named(NamedPace::Fast) => None,
            Pace::Named(NamedPace::Realtime) => Some(Duration::ZERO),
            Pace::Ahead { ahead_millis } => Some(Duration::from_millis(ahead_millis)),
        };
        Clock { started: Instant::now(), sample_rate, ahead }
    }

    fn at(&self, frames: usize) -> Duration {
        Duration::from_secs_f64(frames as f64 / self.sample_rate)
    }

    /// Waits until a call is due before which that many frames were called for.
    pub fn wait(&self, frames_before: usize) {
        if let Some(ahead) = self.ahead {
            let due = self.at(frames_before).saturating_sub(ahead);
            std::thread::sleep(due.saturating_sub(self.started.elapsed()));
        }
    }

    /// How much too late a call has ended after which that many frames were called for.
    pub fn lateness(&self, frames_after: usize) -> Duration {
        let Some(_) = self.ahead else { return Duration::ZERO };
        self.started.elapsed().saturating_sub(self.at(frames_after))
    }

    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}
