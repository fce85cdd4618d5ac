//! Cuts what the host plays into contiguous passages.

/// What a passage has to do with the takes there are: the "Start" parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum StartMode {
    /// The take that covers the place goes on.
    #[default]
    Continue,
    /// A take begins at the place.
    Fresh,
    /// A take begins at the place, drawn from the delivered lane alone.
    Exactly,
}

impl StartMode {
    /// [thread-safe]
    pub fn from_plain(plain: f64) -> StartMode {
        match plain as i64 {
            1 => StartMode::Fresh,
            2 => StartMode::Exactly,
            _ => StartMode::Continue,
        }
    }
}

/// Where and how a stretch of frames is to be rendered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub frame: i64,
    pub seed: u32,
    /// Nothing is predicted; process() waits.
    pub offline: bool,
    pub start_mode: StartMode,
}

/// A passage begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Start {
    pub epoch: u32,
    pub root: i64,
    pub seed: u32,
    pub offline: bool,
    /// Audio before it is not wanted: it was received before the link was lost. The root, at first.
    pub resume: i64,
    pub start_mode: StartMode,
    /// The transport rolled on to the root: what was interrupted is the way to the service.
    pub resumes: bool,
}

impl Start {
    /// Where and how the passage begins. [thread-safe]
    pub fn place(&self) -> Place {
        Place { frame: self.root, seed: self.seed, offline: self.offline, start_mode: self.start_mode }
    }
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
    /// Where a passage that was interrupted would have gone on.
    interrupted: Option<Place>,
    /// The epoch that a prelude was rendered for, and its place.
    prelude: Option<(u32, Place)>,
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
        self.interrupted = self.current.take().filter(|current| current.advancing).map(|current| current.place);
    }

    /// There is audio of the epoch of that number, should it begin at that place. The number is not given to an epoch
    /// that begins in another one. [audio-thread]
    pub fn foresee(&mut self, epoch: u32, place: Place) {
        self.prelude = Some((epoch, place));
    }

    /// Says what a stretch of frames that plays means. A standing epoch at exactly this place goes on. [audio-thread]
    pub fn play(&mut self, place: Place, frame_count: usize) -> Decision {
        let continues = self.current.is_some_and(|current| current.place == place);
        let next = place.frame.saturating_add(i64::try_from(frame_count).unwrap_or(i64::MAX));
        self.current = Some(Current { place: Place { frame: next, ..place }, advancing: true });
        if continues { Decision::Continue } else { self.start(place) }
    }

    /// Says what a stopped transport at this place means: an epoch of its own, once. [audio-thread]
    pub fn stand(&mut self, place: Place) -> Decision {
        let place = Place { offline: false, ..place };
        if self.current.is_some_and(|current| !current.advancing && current.place == place) {
            return Decision::Nothing;
        }
        self.current = Some(Current { place, advancing: false });
        self.start(place)
    }

    fn start(&mut self, place: Place) -> Decision {
        let next = self.number.wrapping_add(1);
        let skips = self.prelude.take().is_some_and(|(epoch, foreseen)| epoch == next && foreseen != place);
        self.number = if skips { next.wrapping_add(1) } else { next };
        let Place { frame: root, seed, offline, start_mode } = place;
        let resumes = self.interrupted.take() == Some(place);
        Decision::Start(Start { epoch: self.number, root, seed, offline, resume: root, start_mode, resumes })
    }
}
