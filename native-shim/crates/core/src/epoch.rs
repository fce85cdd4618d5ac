//! Cuts what the host plays into contiguous passages.

/// Where and how a stretch of frames is to be rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub frame: i64,
    pub seed: u32,
    /// Nothing is predicted; process() waits.
    pub exact: bool,
}

/// A passage begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    pub epoch: u32,
    pub root: i64,
    pub seed: u32,
    pub exact: bool,
}

/// What to do with a stretch of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It continues the epoch.
    Continue,
    /// An epoch starts with it.
    Start(Start),
    /// There is nothing new to say.
    Nothing,
}

#[derive(Clone, Copy, Debug)]
struct Current {
    place: Place,
    advancing: bool,
}

/// Numbers epochs. They only rise.
#[derive(Debug, Default)]
pub struct EpochTracker {
    number: u32,
    current: Option<Current>,
}

impl EpochTracker {
    /// The epoch of the last stretch. [audio-thread]
    pub fn epoch(&self) -> u32 {
        self.number
    }

    /// The frame at which the epoch would continue. [audio-thread]
    pub fn next_frame(&self) -> Option<i64> {
        self.current.map(|current| current.place.frame)
    }

    /// Whether the epoch only says where a stopped transport stands. [audio-thread]
    pub fn is_standing(&self) -> bool {
        self.current.is_some_and(|current| !current.advancing)
    }

    /// Makes the next stretch start an epoch. [audio-thread]
    pub fn interrupt(&mut self) {
        self.current = None;
    }

    /// Says what a stretch of frames that plays means. A standing epoch at exactly this place goes on. [audio-thread]
    pub fn play(&mut self, place: Place, frame_count: usize) -> Decision {
        let continues = self.current.is_some_and(|current| current.place == place);
        let next = place.frame.saturating_add(i64::try_from(frame_count).unwrap_or(i64::MAX));
        self.current = Some(Current { place: Place { frame: next, ..place }, advancing: true });
        if continues { Decision::Continue } else { self.start(place) }
    }

    /// Says what a stopped transport at this place means: an epoch of its own, once. [audio-thread]
    pub fn stand(&mut self, frame: i64, seed: u32) -> Decision {
        let place = Place { frame, seed, exact: false };
        if self.current.is_some_and(|current| !current.advancing && current.place == place) {
            return Decision::Nothing;
        }
        self.current = Some(Current { place, advancing: false });
        self.start(place)
    }

    fn start(&mut self, place: Place) -> Decision {
        self.number = self.number.wrapping_add(1);
        Decision::Start(Start { epoch: self.number, root: place.frame, seed: place.seed, exact: place.exact })
    }
}
