//! What became of the audio: where the song is, and what was missing.

use crate::misses::Misses;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU32};

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
    /// Frames that the wait of an offline epoch gave up on.
    pub offline_miss_frames: AtomicI64,
    /// Blocks or points that found no room.
    pub overflows: AtomicI64,
    /// Values of the host that were not finite.
    pub not_finite: AtomicI64,
    /// Steps of gestures that made no sense, or that the host did not take in time. Only the link raises it.
    pub edits_refused: AtomicI64,
}

#[derive(Default)]
pub struct Played {
    pub counters: Counters,
    /// Where frames were missing that the counters count.
    pub misses: Misses,
    /// Why the wait of an offline epoch was given up last (a `GiveUp` code), for the link to log; 0: nothing new.
    pub gave_up: AtomicU8,
    /// Highest absolute output since the link last took it, as bits; for numbers that are not negative they are ordered.
    pub peak_bits: AtomicU32,
    pub playhead: AtomicI64,
    pub playing: AtomicBool,
}
