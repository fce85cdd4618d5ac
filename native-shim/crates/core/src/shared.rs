//! What the threads know of each other: numbers, and the recipe of the takes, which the audio thread never touches.

use crate::edits::{Edit, Phase, Source};
use crate::labels::Labels;
use crate::limits::{EDIT_SHOWN_NANOS, TAKES_BYTES_MAX, TRACK_NAME_BYTES_MAX};
use crate::misses::Misses;
use crate::parameter::{self, PARAMETER_COUNT, PARAMETERS};
use crate::patience::LinkView;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU32, AtomicU64, Ordering::*};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

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

/// The "Status" parameter: the index is its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    NoService = 0,
    Connecting = 1,
    Ready = 2,
    Waiting = 3,
    Behind = 4,
    Failed = 5,
    ModelMissing = 6,
}

/// Counts since the instance was made. Only the audio thread raises them, unless said otherwise.
#[derive(Default)]
pub struct Counters {
    /// Blocks, and frames in them, that were not there in time.
    pub underruns: AtomicI64,
    pub underrun_frames: AtomicI64,
    /// Frames that an exact wait gave up on.
    pub exact_miss_frames: AtomicI64,
    /// Blocks or points that found no room.
    pub overflows: AtomicI64,
    /// Values of the host that were not finite.
    pub not_finite: AtomicI64,
    /// Steps of gestures that made no sense, or that the host did not take in time. Only the link raises it.
    pub edits_refused: AtomicI64,
}

/// The track or channel that the instance is on, as the host tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// Empty: the host does not say.
    pub name: String,
    /// 0xRRGGBB.
    pub colour: Option<u32>,
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

/// Shared by the audio, main and link threads of one instance.
pub struct Shared {
    origin: Instant,
    /// Plain values. The host's state loading writes them and raises `restored`; the audio thread writes what it heard.
    values: [AtomicU64; PARAMETER_COUNT],
    restored: AtomicU32,
    /// Plain values set outside of a process call, and a bit for each that the audio thread has not taken up yet.
    pending: [AtomicU64; PARAMETER_COUNT],
    pending_bits: AtomicU32,
    /// What the host was told of last by a gesture, plain, and when; in nanoseconds of the instance's clock.
    told: [(AtomicU64, AtomicI64); PARAMETER_COUNT],
    told_serial: AtomicU64,
    /// How many gestures each parameter is held by, from the time that a hand takes hold until the host was told that it let go: a
    /// quick hand has several under way. A hand's count is the 16 bits at `Source::unit`; all but one hand's are 0.
    held: [AtomicU32; PARAMETER_COUNT],
    track: Mutex<Track>,
    service: Mutex<ServiceWords>,
    labels: Mutex<Arc<Labels>>,
    labels_changed: AtomicBool,
    takes: Mutex<Vec<u8>>,
    takes_loaded: AtomicU32,
    link_status: AtomicU8,
    ever_ready: AtomicBool,
    last_message: AtomicI64,
    last_audio_or_progress: AtomicI64,
    /// The newest epoch the link cannot complete; 0: none.
    pub refused_epoch: AtomicU32,
    /// Why an exact wait was given up last (a `GiveUp` code), for the link to log; 0: nothing new.
    pub gave_up: AtomicU8,
    pub counters: Counters,
    /// Where frames were missing that the counters count.
    pub misses: Misses,
    /// Highest absolute output since the link last took it, as bits; for numbers that are not negative they are ordered.
    pub peak_bits: AtomicU32,
    pub playhead: AtomicI64,
    pub playing: AtomicBool,
}

impl Shared {
    /// [main-thread]
    pub fn new() -> Shared {
        Shared {
            origin: Instant::now(),
            values: parameter::defaults().map(|value| AtomicU64::new(value.to_bits())),
            restored: AtomicU32::new(0),
            pending: Default::default(),
            pending_bits: AtomicU32::new(0),
            told: std::array::from_fn(|_| (AtomicU64::new(0), AtomicI64::new(i64::MIN))),
            told_serial: AtomicU64::new(0),
            held: Default::default(),
            track: Mutex::default(),
            service: Mutex::default(),
            labels: Mutex::default(),
            labels_changed: AtomicBool::new(false),
            takes: Mutex::default(),
            takes_loaded: AtomicU32::new(0),
            link_status: AtomicU8::new(LinkStatus::Absent as u8),
            ever_ready: AtomicBool::new(false),
            last_message: AtomicI64::new(0),
            last_audio_or_progress: AtomicI64::new(0),
            refused_epoch: AtomicU32::new(0),
            gave_up: AtomicU8::new(0),
            counters: Counters::default(),
            misses: Misses::default(),
            peak_bits: AtomicU32::new(0),
            playhead: AtomicI64::new(0),
            playing: AtomicBool::new(false),
        }
    }

    /// Monotonic nanoseconds since the instance was made; read without a system call. [thread-safe]
    pub fn now(&self) -> i64 {
        i64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(i64::MAX)
    }

    /// [thread-safe]
    pub fn value(&self, index: usize) -> f64 {
        self.values.get(index).map_or(0.0, |value| f64::from_bits(value.load(Relaxed)))
    }

    /// [thread-safe]
    pub fn values(&self) -> [f64; PARAMETER_COUNT] {
        std::array::from_fn(|index| self.value(index))
    }

    /// What the host's automation did. [audio-thread]
    pub fn publish(&self, index: usize, plain: f64) {
        if let Some(value) = self.values.get(index) {
            value.store(plain.to_bits(), Relaxed);
        }
    }

    /// A value (plain) that the host set without a process call: it is in the state at once, and the audio thread starts
    /// its next call from it. `false` if there is no such input or the value is not finite. [main-thread]
    pub fn set_pending(&self, index: usize, plain: f64) -> bool {
        let spec = PARAMETERS.get(index).filter(|spec| !spec.read_only);
        let (Some(spec), Some(slot)) = (spec, self.pending.get(index)) else { return false };
        let Some(plain) = spec.sanitise(plain) else { return false };
        slot.store(plain.to_bits(), Relaxed);
        self.publish(index, plain);
        self.pending_bits.fetch_or(1 << index, Release);
        true
    }

    /// Passes each value that is pending to `each`, once. [audio-thread]
    pub fn take_pending(&self, mut each: impl FnMut(usize, f64)) {
        if self.pending_bits.load(Relaxed) == 0 {
            return;
        }
        let mut bits = self.pending_bits.swap(0, Acquire);
        while bits != 0 {
            let index = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            if let Some(slot) = self.pending.get(index) {
                each(index, f64::from_bits(slot.load(Relaxed)));
            }
        }
    }

    /// The host was told of a step of a gesture. [audio-thread] or the host's main thread
    pub fn on_told(&self, edit: Edit) {
        if let (Phase::Perform(plain), Some((value, at))) = (edit.phase, self.told.get(edit.index)) {
            value.store(plain.to_bits(), Relaxed);
            at.store(self.now(), Relaxed);
        }
        if edit.phase == Phase::End {
            self.let_go(edit.index, edit.source);
        }
        if edit.source == Source::Page {
            self.told_serial.store(edit.serial, Release);
        }
    }

    /// Takes hold of a parameter, once more if it does already; false: another hand holds it. [link-thread] or [editor-thread]
    pub fn claim(&self, index: usize, source: Source) -> bool {
        let Some(held) = self.held.get(index) else { return false };
        // All hands count in one word: of two that take hold at once exactly one does. Acquire: it sees what the hand before it did
        // to the host.
        let more = |held: u32| (held & !source.mask() == 0).then_some(held + source.unit());
        held.fetch_update(AcqRel, Relaxed, more).is_ok()
    }

    /// Once for each claim. A single step of the processor, however many hands there are. [audio-thread] or the host's main thread
    pub(crate) fn let_go(&self, index: usize, source: Source) {
        if let Some(held) = self.held.get(index) {
            held.fetch_sub(source.unit(), Release);
        }
    }

    /// The serial of the last step that the host was told of. [link-thread]
    pub fn told_serial(&self) -> u64 {
        self.told_serial.load(Acquire)
    }

    /// The value to show as the host's: what it was just told of by a gesture, until it has had the time to say otherwise.
    /// [link-thread]
    pub fn shown(&self, index: usize) -> f64 {
        let just_told = self.told.get(index).and_then(|(value, at)| {
            let is_fresh = self.now().saturating_sub(at.load(Relaxed)) < EDIT_SHOWN_NANOS;
            is_fresh.then(|| f64::from_bits(value.load(Relaxed)))
        });
        just_told.unwrap_or_else(|| self.value(index))
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

    /// The same, once: whoever asks tells the host. [main-thread]
    pub fn take_labels_changed(&self) -> bool {
        self.labels_changed.swap(false, Relaxed)
    }

    /// [link-thread]
    pub fn set_service(&self, words: ServiceWords) {
        *self.service.lock().unwrap_or_else(PoisonError::into_inner) = words;
    }

    /// Any thread but the audio thread.
    pub fn service(&self) -> ServiceWords {
        self.service.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

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

    /// Rises whenever a state was loaded that brought other takes: the service must be told. [main-thread]
    pub fn takes_load_count(&self) -> u32 {
        self.takes_loaded.load(Relaxed)
    }

    fn lock_takes(&self) -> MutexGuard<'_, Vec<u8>> {
        // A poisoned lock only means that another thread panicked; a vector is replaced whole or not at all.
        self.takes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a saved state says. [main-thread]
    pub fn restore(&self, values: &[f64; PARAMETER_COUNT]) {
        // What was set before the state was loaded is overruled by it.
        self.pending_bits.store(0, Relaxed);
        for (index, (plain, spec)) in values.iter().zip(&PARAMETERS).enumerate() {
            self.publish(index, spec.sanitise(*plain).unwrap_or(spec.default));
        }
        self.restored.fetch_add(1, Release);
    }

    /// Rises whenever a state was loaded. [audio-thread]
    pub fn restore_count(&self) -> u32 {
        self.restored.load(Acquire)
    }

    /// [thread-safe]
    pub fn link_status(&self) -> LinkStatus {
        match self.link_status.load(Relaxed) {
            1 => LinkStatus::Connecting,
            2 => LinkStatus::Ready,
            3 => LinkStatus::Failed,
            4 => LinkStatus::ModelMissing,
            _ => LinkStatus::Absent,
        }
    }

    /// [link-thread]
    pub fn set_link_status(&self, status: LinkStatus) {
        self.link_status.store(status as u8, Relaxed);
        if status.is_up() {
            self.ever_ready.store(true, Relaxed);
        }
    }

    /// [link-thread]
    pub fn on_message(&self, audio_or_progress: bool) {
        let now = self.now();
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
}

impl Default for Shared {
    fn default() -> Self {
        Shared::new()
    }
}
