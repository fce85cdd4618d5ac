//! What a fake service does wrong.

use simmer_link::wire::{Failure, GesturePhase, PROTOCOL_VERSION};
use std::time::Duration;

/// All faults off: a good service.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// What it says it speaks; another version than the plugin's is another Simmer.
    pub protocol_version: i32,
    /// Answers `open` with this failure.
    pub fails_open: Option<Failure>,
    pub channel_count: i32,
    /// Playback is rendered this far ahead.
    pub lookahead_frames: i32,
    /// Before each answer to an offline block.
    pub delay: Duration,
    /// Proves itself with another token.
    pub wrong_proof: bool,
    /// Breaks the stream off after this many chunks, once.
    pub die_after_chunks: Option<u64>,
    /// Answers nothing at all after `opened`, not even heartbeats.
    pub mute: bool,
    /// Heartbeats, but no audio.
    pub idle: bool,
    /// Replaces the n-th chunk of a stream by something else.
    pub hostile: Option<Hostile>,
    /// Sends playback audio without end, as fast as it is taken.
    pub flood: bool,
    /// Draws playback anew again and again.
    pub revise: Option<Revise>,
    /// Frames of the loop's beginning that are sent when its end is within the lookahead; 0: none.
    pub prelude_frames: i64,
    /// Says that the takes were drawn from this model, and that it is not there; empty: it is.
    pub missing_model: String,
    /// Says at every start of an epoch that this is the recipe now; empty: says nothing.
    pub takes: Vec<u8>,
    /// Steps of gestures (parameter, phase, plain value) that it sends after `opened`, with sequence numbers from 1 on.
    pub edits: Vec<(u32, GesturePhase, f64)>,
}

/// When playback is drawn anew, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revise {
    /// After that many blocks, and again after as many more.
    pub every_blocks: u64,
    /// From so many frames behind the end of the newest block on; a negative number is a place that was played already.
    pub ahead_frames: i64,
}

/// Chunks no shim may play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hostile {
    NotFinite,
    Loud,
    WrongLength,
    WrongEpoch,
    OldEpoch,
    Shifted,
    Reordered,
    Negative,
    Huge,
    BeyondDelivered,
    /// Goes back without a newer revision.
    Back,
}

impl Default for Behaviour {
    fn default() -> Self {
        Behaviour {
            protocol_version: PROTOCOL_VERSION,
            fails_open: None,
            channel_count: 2,
            lookahead_frames: 12_000,
            delay: Duration::ZERO,
            wrong_proof: false,
            die_after_chunks: None,
            mute: false,
            idle: false,
            hostile: None,
            flood: false,
            revise: None,
            prelude_frames: 0,
            missing_model: String::new(),
            takes: Vec::new(),
            edits: Vec::new(),
        }
    }
}
