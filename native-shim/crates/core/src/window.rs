//! What the audio thread has of the current epoch, and of the one that follows if the host's loop wraps.

use crate::epoch::{Place, Start};
use crate::limits::{PRELUDE_FRAMES, WINDOW_FRAMES};
use crate::queue::Cell;
use crate::timeline::Timeline;

/// What became of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is of another epoch, or of a revision that is not played.
    Dropped,
    Kept,
    /// It is kept, and it is the first of a stream that knows nothing of the audio up to it.
    Restarted,
    /// It is kept for that epoch, should it begin in that place.
    Foreseen(u32, Place),
}

/// Audio of an epoch that was there before the epoch was.
struct Prelude {
    timeline: Timeline,
    epoch: u32,
    place: Place,
    /// Frames from the place up to here are there.
    end: i64,
}

/// The audio of the current epoch, of one revision: a frame that is there is of the newest revision that was accepted,
/// or lies before the splice of every revision since its own. A splice forgets what was behind it when it is accepted, so
/// that reading asks for nothing but the frame.
pub struct Window {
    timeline: Timeline,
    /// The prelude that the current epoch began with, if its `epoch` is the current one's.
    played: Prelude,
    /// The prelude of the next epoch, if its `epoch` is that one's.
    coming: Prelude,
    epoch: u32,
    place: Place,
    accepted: u32,
    refused: u32,
    /// Behind the newest frame of the accepted revision.
    end: i64,
}

impl Prelude {
    fn new() -> Prelude {
        Prelude { timeline: Timeline::new(PRELUDE_FRAMES), epoch: 0, place: Place::default(), end: 0 }
    }
}

impl Window {
    /// [main-thread]
    pub fn new() -> Window {
        Window {
            timeline: Timeline::new(WINDOW_FRAMES),
            played: Prelude::new(),
            coming: Prelude::new(),
            epoch: 0,
            place: Place::default(),
            accepted: 0,
            refused: 0,
            end: 0,
        }
    }

    /// An epoch begins; with its prelude, if that is of exactly this place. [audio-thread]
    pub fn begin(&mut self, start: &Start) {
        self.epoch = start.epoch;
        self.place = start.place();
        (self.accepted, self.refused) = (0, 0);
        self.end = start.root.max(0);
        if self.coming.epoch == start.epoch && self.coming.place == self.place {
            std::mem::swap(&mut self.played, &mut self.coming);
            self.end = self.played.end;
        } else {
            self.played.epoch = 0;
        }
        self.coming.epoch = 0;
    }

    /// The revision that is played. [audio-thread]
    pub fn revision(&self) -> u32 {
        self.accepted
    }

    /// Takes in a cell before frame `at` is played. A revision is accepted where it splices at that frame or later, or
    /// where it replaces nothing, and refused as a whole where what it replaces was played. [audio-thread]
    pub fn take(&mut self, cell: &Cell, at: i64) -> Taken {
        match cell.prelude {
            Some(place) if cell.epoch == self.epoch.wrapping_add(1) && !self.place.offline => {
                self.take_prelude(cell, place)
            }
            // The epoch began before its prelude came.
            Some(place) if place != self.place => Taken::Dropped,
            _ if cell.epoch == self.epoch => self.take_current(cell, at),
            _ => Taken::Dropped,
        }
    }

    fn take_current(&mut self, cell: &Cell, at: i64) -> Taken {
        let is_new = cell.revision > self.accepted.max(self.refused);
        let behind = cell.start.saturating_add(i64::from(cell.frame_count));
        if is_new && cell.restarts {
            // What is there is played until the new stream has caught up.
            if behind > at {
                self.accepted = cell.revision;
            }
        } else if is_new && cell.start < at && cell.start < self.end {
            self.refused = cell.revision;
        } else if is_new {
            self.accepted = cell.revision;
        }
        if cell.revision != self.accepted {
            return Taken::Dropped;
        }
        if cell.start < self.end {
            self.timeline.clear(cell.epoch, cell.start, self.end);
            self.played.end = self.played.end.min(cell.start);
        }
        self.timeline.write(cell, at);
        self.end = behind;
        if is_new && cell.restarts { Taken::Restarted } else { Taken::Kept }
    }

    fn take_prelude(&mut self, cell: &Cell, place: Place) -> Taken {
        let prelude = &mut self.coming;
        if prelude.epoch != cell.epoch || prelude.place != place || cell.start < prelude.end {
            (prelude.epoch, prelude.place, prelude.end) = (cell.epoch, place, place.frame);
        }
        // What is not contiguous would be a hole that nobody knows of.
        if cell.start != prelude.end {
            return Taken::Dropped;
        }
        prelude.timeline.write(cell, place.frame);
        prelude.end = cell.start.saturating_add(i64::from(cell.frame_count));
        Taken::Foreseen(cell.epoch, place)
    }

    /// The audio of that frame, if it is there. [audio-thread]
    pub fn read(&self, frame: i64) -> Option<[f32; 2]> {
        self.timeline.read(self.epoch, frame).or_else(|| self.read_prelude(frame))
    }

    fn read_prelude(&self, frame: i64) -> Option<[f32; 2]> {
        let prelude = &self.played;
        if prelude.epoch == self.epoch && frame < prelude.end { prelude.timeline.read(self.epoch, frame) } else { None }
    }

    /// The first frame of `[from, to)` that is not there, or `to`. Offline epochs have no prelude. [audio-thread]
    pub fn first_missing(&self, from: i64, to: i64) -> i64 {
        self.timeline.first_missing(self.epoch, from, to)
    }
}

impl Default for Window {
    fn default() -> Self {
        Window::new()
    }
}
