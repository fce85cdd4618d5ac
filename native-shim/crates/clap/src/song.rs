//! From CLAP's transport to the song frame.
//!
//! CLAP names no frame. It names the song position in seconds, and in beats, both in units of 2⁻³¹. At any rate of ours a
//! frame is thousands of those units, so a host that rounds the place of a whole frame is read back exactly. But not
//! every host's place is a whole frame: after a loop whose beats do not end on one, it lies between two, and a host that
//! adds up block lengths in floating point drifts by parts of a frame. Rounded anew in every block such a place would
//! now and then seem to jump by one frame, and each jump would begin a new passage. Hence the rule:
//!
//! **A playing block within one frame of where the last one ended, or of where the host's loop takes it, is contiguous,
//! and its place is where the last one ended.**
//!
//! The host's place is absolute and the comparison is with it, so the two never come to lie further apart than that one
//! frame; a host that drifts on is followed by one honest discontinuity. A jump by a single frame is no jump a listener
//! could tell. `steady_time` is not consulted: it counts what the engine has processed and says nothing of the song.

use clap_sys::events::*;
use clap_sys::fixedpoint::{CLAP_BEATTIME_FACTOR, CLAP_SECTIME_FACTOR};
use simmer_core::{LoopRange, Transport};

/// How far from the expected frame a block may begin and still be contiguous.
const TOLERANCE_FRAMES: u64 = 1;

/// Where and how a host plays, as one transport event says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SongPlace {
    /// The nearest song frame; `None` if the host does not say.
    pub frame: Option<i64>,
    pub playing: bool,
    /// 0: unknown.
    pub tempo_bpm: f64,
    pub loop_range: LoopRange,
}

impl SongPlace {
    /// Seconds are believed before beats: beats are as far away as the tempo of this moment says, which is wrong in a song
    /// whose tempo changes. [audio-thread]
    pub fn read(event: &clap_event_transport, sample_rate: f64) -> SongPlace {
        let has = |flag: u32| event.flags & flag != 0;
        let frame_of_seconds = |time: i64| (time as f64 / CLAP_SECTIME_FACTOR as f64 * sample_rate).round() as i64;
        let tempo_bpm = if has(CLAP_TRANSPORT_HAS_TEMPO) { event.tempo } else { 0.0 };
        let frames_per_beat = 60.0 / tempo_bpm * sample_rate;
        let knows_beats = has(CLAP_TRANSPORT_HAS_BEATS_TIMELINE) && frames_per_beat.is_finite() && tempo_bpm > 0.0;
        let frames_of_beats =
            |beats: i64| (beats as f64 / CLAP_BEATTIME_FACTOR as f64 * frames_per_beat).round() as i64;
        let knows_seconds = has(CLAP_TRANSPORT_HAS_SECONDS_TIMELINE);
        let frame = if knows_seconds {
            Some(frame_of_seconds(event.song_pos_seconds))
        } else {
            knows_beats.then(|| frames_of_beats(event.song_pos_beats))
        };
        let mut loop_range = LoopRange::default();
        if let (Some(frame), true) = (frame, has(CLAP_TRANSPORT_IS_LOOP_ACTIVE)) {
            if knows_seconds && event.loop_end_seconds > event.loop_start_seconds {
                loop_range = LoopRange {
                    start: frame_of_seconds(event.loop_start_seconds),
                    end: frame_of_seconds(event.loop_end_seconds),
                };
            } else if knows_beats {
                let from_here =
                    |beats: i64| frame.saturating_add(frames_of_beats(beats.saturating_sub(event.song_pos_beats)));
                loop_range =
                    LoopRange { start: from_here(event.loop_start_beats), end: from_here(event.loop_end_beats) };
            }
        }
        SongPlace { frame, playing: has(CLAP_TRANSPORT_IS_PLAYING), tempo_bpm, loop_range }
    }
}

/// Where the song would go on.
#[derive(Clone, Copy, Debug)]
struct Expected {
    straight: i64,
    wrapped: Option<i64>,
}

/// Follows the host's song position from block to block.
#[derive(Clone, Copy, Debug)]
pub struct SongClock {
    sample_rate: f64,
    expected: Option<Expected>,
}

impl SongClock {
    /// [main-thread]
    pub fn new(sample_rate: f64) -> SongClock {
        SongClock { sample_rate, expected: None }
    }

    /// The next block need not follow the last one. [audio-thread]
    pub fn interrupt(&mut self) {
        self.expected = None;
    }

    /// The transport of the next `frame_count` frames; no event: the host has no transport. [audio-thread]
    pub fn follow(&mut self, event: Option<&clap_event_transport>, frame_count: usize) -> Transport {
        let Some(event) = event else {
            self.interrupt();
            return Transport::default();
        };
        self.go_to(SongPlace::read(event, self.sample_rate), frame_count)
    }

    /// As [`SongClock::follow`], for a place that was read. [audio-thread]
    pub fn go_to(&mut self, place: SongPlace, frame_count: usize) -> Transport {
        let SongPlace { frame, playing, tempo_bpm, loop_range } = place;
        let position = frame.map(|told| match self.expected.filter(|_| playing) {
            Some(expected) => expected.nearest(told).unwrap_or(told),
            None => told,
        });
        self.expected = position.filter(|_| playing).map(|from| Expected::after(from, frame_count, loop_range));
        Transport { position, playing, tempo_bpm, loop_range }
    }
}

impl Expected {
    fn after(from: i64, frame_count: usize, range: LoopRange) -> Expected {
        let straight = from.saturating_add(i64::try_from(frame_count).unwrap_or(i64::MAX));
        let length = range.end.saturating_sub(range.start);
        let wraps = length > 0 && from < range.end && straight >= range.end;
        Expected { straight, wrapped: wraps.then(|| range.start + (straight - range.end) % length) }
    }

    fn nearest(self, told: i64) -> Option<i64> {
        [self.wrapped, Some(self.straight)]
            .into_iter()
            .flatten()
            .find(|expected| told.abs_diff(*expected) <= TOLERANCE_FRAMES)
    }
}
