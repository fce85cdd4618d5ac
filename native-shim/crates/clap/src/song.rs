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
use simmer_core::{LoopRange, MusicalTime, Transport};

/// How far from the expected frame a block may begin and still be contiguous.
const TOLERANCE_FRAMES: u64 = 1;

/// Where and how a host plays, as one transport event says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SongPlace {
    /// In frames, not always whole ones; `None` if the host does not say.
    pub frame: Option<f64>,
    pub playing: bool,
    /// 0: unknown.
    pub tempo_bpm: f64,
    /// Start and end of the host's active loop, in frames.
    pub loop_ends: Option<(f64, f64)>,
}

impl SongPlace {
    /// Seconds are believed before beats: beats are as far away as the tempo of this moment says, which is wrong in a song
    /// whose tempo changes. [audio-thread]
    pub fn read(event: &clap_event_transport, sample_rate: f64) -> SongPlace {
        let has = |flag: u32| event.flags & flag != 0;
        let of_seconds = |time: i64| time as f64 / CLAP_SECTIME_FACTOR as f64 * sample_rate;
        let tempo_bpm = if has(CLAP_TRANSPORT_HAS_TEMPO) { event.tempo } else { 0.0 };
        let frames_per_beat = 60.0 / tempo_bpm * sample_rate;
        let knows_beats = has(CLAP_TRANSPORT_HAS_BEATS_TIMELINE) && frames_per_beat.is_finite() && tempo_bpm > 0.0;
        let of_beats = |beats: i64| beats as f64 / CLAP_BEATTIME_FACTOR as f64 * frames_per_beat;
        let knows_seconds = has(CLAP_TRANSPORT_HAS_SECONDS_TIMELINE);
        let frame = if knows_seconds {
            Some(of_seconds(event.song_pos_seconds))
        } else {
            knows_beats.then(|| of_beats(event.song_pos_beats))
        };
        let loop_ends = frame.filter(|_| has(CLAP_TRANSPORT_IS_LOOP_ACTIVE)).and_then(|frame| {
            if knows_seconds && event.loop_end_seconds > event.loop_start_seconds {
                return Some((of_seconds(event.loop_start_seconds), of_seconds(event.loop_end_seconds)));
            }
            let from_here = |beats: i64| frame + of_beats(beats.saturating_sub(event.song_pos_beats));
            knows_beats.then(|| (from_here(event.loop_start_beats), from_here(event.loop_end_beats)))
        });
        SongPlace { frame, playing: has(CLAP_TRANSPORT_IS_PLAYING), tempo_bpm, loop_ends }
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
        let transport = self.go_to(SongPlace::read(event, self.sample_rate), frame_count);
        Transport { musical: musical_time(event), ..transport }
    }

    /// As [`SongClock::follow`], for a place that was read. [audio-thread]
    pub fn go_to(&mut self, place: SongPlace, frame_count: usize) -> Transport {
        let SongPlace { frame, playing, tempo_bpm, loop_ends } = place;
        let Some(reported) = frame else {
            self.interrupt();
            return Transport { playing, tempo_bpm, ..Transport::default() };
        };
        let expected = self.expected.filter(|_| playing);
        let nearest = reported.round() as i64;
        let position = expected.and_then(|expected| expected.near(nearest)).unwrap_or(nearest);
        // The loop ends with our first frame at which the host is at its end. Without this each pass would add what the
        // loop's length is short of whole frames, until the place were a frame off.
        let ahead = reported - position as f64;
        let loop_range = loop_ends.map_or(LoopRange::default(), |(start, end)| LoopRange {
            start: first_frame_from(start),
            end: first_frame_from(end - ahead),
        });
        self.expected = playing.then(|| Expected::after(position, frame_count, loop_range));
        Transport { position: Some(position), playing, tempo_bpm, loop_range, musical: None }
    }
}

/// Where the host's musical time stands. CLAP's beats are quarter notes.
fn musical_time(event: &clap_event_transport) -> Option<MusicalTime> {
    let has = |flag: u32| event.flags & flag != 0;
    let quarters = |time: i64| time as f64 / CLAP_BEATTIME_FACTOR as f64;
    has(CLAP_TRANSPORT_HAS_BEATS_TIMELINE).then(|| MusicalTime {
        beat: quarters(event.song_pos_beats),
        bar_start: Some(quarters(event.bar_start)),
        signature: if has(CLAP_TRANSPORT_HAS_TIME_SIGNATURE) {
            (u32::from(event.tsig_num), u32::from(event.tsig_denom))
        } else {
            (0, 0)
        },
    })
}

/// The first whole frame that is not before a place.
fn first_frame_from(place: f64) -> i64 {
    // Far more than 2⁻³¹ s are at any rate: what is meant to be a whole frame is one.
    const WHOLE: f64 = 0.01;
    (place - WHOLE).ceil() as i64
}

impl Expected {
    fn after(from: i64, frame_count: usize, range: LoopRange) -> Expected {
        let straight = from.saturating_add(i64::try_from(frame_count).unwrap_or(i64::MAX));
        let length = range.end.saturating_sub(range.start);
        // A host that is short of the loop's end by next to nothing has not wrapped yet, though our frame is the end.
        let wraps = length > 0 && from <= range.end && straight >= range.end;
        let wrapped = wraps.then(|| range.start.saturating_add(straight.saturating_sub(range.end) % length));
        Expected { straight, wrapped }
    }

    fn near(self, reported: i64) -> Option<i64> {
        let mut expected = [self.wrapped, Some(self.straight)].into_iter().flatten();
        expected.find(|expected| reported.abs_diff(*expected) <= TOLERANCE_FRAMES)
    }
}
