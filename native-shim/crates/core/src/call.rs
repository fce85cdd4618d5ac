//! What the host says of one process call.

use crate::limits::SONG_FRAME_MAX;

/// The host's loop in song frames, end exclusive; equal when there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoopRange {
    pub start: i64,
    pub end: i64,
}

/// The host's transport at the first frame of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Transport {
    /// Song frame of the first frame; `None` if the host does not say.
    pub position: Option<i64>,
    pub playing: bool,
    /// 0: unknown.
    pub tempo_bpm: f64,
    pub loop_range: LoopRange,
}

impl Transport {
    /// A transport with nothing absurd in it. [audio-thread]
    pub fn sanitised(mut self) -> Transport {
        self.position = self.position.filter(|frame| is_believable(*frame));
        self.playing &= self.position.is_some();
        if !(self.tempo_bpm.is_finite() && (1.0..=10_000.0).contains(&self.tempo_bpm)) {
            self.tempo_bpm = 0.0;
        }
        let range = self.loop_range;
        if range.end <= range.start || !is_believable(range.start) || !is_believable(range.end) {
            self.loop_range = LoopRange::default();
        }
        self
    }
}

fn is_believable(frame: i64) -> bool {
    (-SONG_FRAME_MAX..=SONG_FRAME_MAX).contains(&frame)
}

/// One process call, without its audio and its parameters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Call {
    pub frame_count: usize,
    pub transport: Transport,
    /// The host says by either of its ways that it renders offline.
    pub offline: bool,
    /// The host renders ahead of playback on purpose: that it outruns the clock means nothing, and waiting is forbidden.
    pub prefetching: bool,
    /// The calling thread is the one that last set the plugin up.
    pub on_setup_thread: bool,
}
