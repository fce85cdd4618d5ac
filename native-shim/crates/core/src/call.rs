//! What the host says of one process call.

use crate::limits::{BEAT_MAX, SIGNATURE_MAX, SONG_FRAME_MAX, TEMPO_BPM_MAX};

/// The host's loop in song frames, end exclusive; equal when there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoopRange {
    pub start: i64,
    pub end: i64,
}

/// Where the host's musical time stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MusicalTime {
    /// In quarter notes.
    pub beat: f64,
    /// Where the bar began that it lies in; `None` if the host does not say.
    pub bar_start: Option<f64>,
    /// Numerator and denominator of the time signature; 0: unknown.
    pub signature: (u32, u32),
}

impl MusicalTime {
    /// The same song at another place, as far away as the tempo of this moment says. [audio-thread]
    pub fn after(self, quarters: f64) -> MusicalTime {
        let beat = self.beat + quarters;
        let bar = self.bar_quarters();
        let bar_start = self.bar_start.map(|start| match bar {
            Some(bar) if !(start..start + bar).contains(&beat) => start + ((beat - start) / bar).floor() * bar,
            _ => start,
        });
        MusicalTime { beat, bar_start, ..self }
    }

    /// Where the bar began; a host that does not say counts bars of the one signature from 0. [audio-thread]
    pub fn bar_start_or_counted(self) -> f64 {
        let counted = self.bar_quarters().map(|bar| (self.beat / bar).floor() * bar);
        self.bar_start.or(counted).unwrap_or(0.0)
    }

    fn bar_quarters(self) -> Option<f64> {
        let (numerator, denominator) = self.signature;
        (numerator > 0 && denominator > 0).then(|| f64::from(numerator) * 4.0 / f64::from(denominator))
    }

    fn sanitised(self) -> Option<MusicalTime> {
        let is_beat = |beat: f64| beat.is_finite() && beat.abs() <= BEAT_MAX;
        let (numerator, denominator) = self.signature;
        let is_signature = [numerator, denominator].iter().all(|number| (1..=SIGNATURE_MAX).contains(number));
        is_beat(self.beat).then(|| MusicalTime {
            bar_start: self.bar_start.filter(|start| is_beat(*start)),
            signature: if is_signature { self.signature } else { (0, 0) },
            ..self
        })
    }
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
    pub musical: Option<MusicalTime>,
}

impl Transport {
    /// A transport with nothing absurd in it, for a call of that length: it has no position where the call does not lie
    /// within the song. [audio-thread]
    pub fn sanitised(mut self, frame_count: usize) -> Transport {
        self.position = self.position.filter(|frame| is_within_song(*frame, frame_count));
        self.playing &= self.position.is_some();
        self.musical = self.musical.and_then(MusicalTime::sanitised);
        if !(self.tempo_bpm.is_finite() && (1.0..=TEMPO_BPM_MAX).contains(&self.tempo_bpm)) {
            self.tempo_bpm = 0.0;
        }
        let range = self.loop_range;
        if range.end <= range.start || !is_song_frame(range.start) || !is_song_frame(range.end) {
            self.loop_range = LoopRange::default();
        }
        self
    }
}

fn is_song_frame(frame: i64) -> bool {
    (-SONG_FRAME_MAX..=SONG_FRAME_MAX).contains(&frame)
}

/// Whether a stretch from `frame` on begins and ends within the song. [thread-safe]
pub fn is_within_song(frame: i64, frame_count: usize) -> bool {
    is_song_frame(frame) && is_song_frame(frame.saturating_add(frame_count as i64))
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
