//! What one process call is to say.

use clack_host::events::event_types::TransportEvent;
use clap_sys::events::*;
use clap_sys::fixedpoint::{CLAP_BEATTIME_FACTOR, CLAP_SECTIME_FACTOR};

/// A transport.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    /// Seconds and beats of the song; `None`: that timeline is missing.
    pub seconds: Option<f64>,
    pub beats: Option<f64>,
    pub playing: bool,
    pub tempo: Option<f64>,
    /// An active loop, in seconds or in beats.
    pub loop_seconds: Option<(f64, f64)>,
    pub loop_beats: Option<(f64, f64)>,
}

impl Place {
    /// At a frame of a song at 48 kHz and 120 bpm.
    pub fn at(frame: i64, playing: bool) -> Place {
        let seconds = frame as f64 / 48_000.0;
        Place { seconds: Some(seconds), beats: Some(seconds * 2.0), playing, tempo: Some(120.0), ..Place::default() }
    }

    /// As clack's hosts say it.
    pub fn transport_event(&self) -> TransportEvent {
        TransportEvent::from_raw(&self.event(0))
    }

    pub(crate) fn event(&self, offset: u32) -> clap_event_transport {
        let flag = |has: bool, flag: u32| if has { flag } else { 0 };
        let seconds = |time: f64| (time * CLAP_SECTIME_FACTOR as f64).round() as i64;
        let beats = |time: f64| (time * CLAP_BEATTIME_FACTOR as f64).round() as i64;
        let (loop_seconds, loop_beats) = (self.loop_seconds.unwrap_or_default(), self.loop_beats.unwrap_or_default());
        let looping = self.loop_seconds.is_some() || self.loop_beats.is_some();
        clap_event_transport {
            header: header::<clap_event_transport>(offset, CLAP_EVENT_TRANSPORT),
            flags: flag(self.tempo.is_some(), CLAP_TRANSPORT_HAS_TEMPO)
                | flag(self.beats.is_some(), CLAP_TRANSPORT_HAS_BEATS_TIMELINE)
                | flag(self.seconds.is_some(), CLAP_TRANSPORT_HAS_SECONDS_TIMELINE)
                | flag(self.playing, CLAP_TRANSPORT_IS_PLAYING)
                | flag(looping, CLAP_TRANSPORT_IS_LOOP_ACTIVE),
            song_pos_beats: beats(self.beats.unwrap_or_default()),
            song_pos_seconds: seconds(self.seconds.unwrap_or_default()),
            tempo: self.tempo.unwrap_or_default(),
            tempo_inc: 0.0,
            loop_start_beats: beats(loop_beats.0),
            loop_end_beats: beats(loop_beats.1),
            loop_start_seconds: seconds(loop_seconds.0),
            loop_end_seconds: seconds(loop_seconds.1),
            bar_start: 0,
            bar_number: 0,
            tsig_num: 4,
            tsig_denom: 4,
        }
    }
}

pub(crate) fn header<T>(offset: u32, kind: u16) -> clap_event_header {
    clap_event_header {
        size: size_of::<T>() as u32,
        time: offset,
        space_id: CLAP_CORE_EVENT_SPACE_ID,
        type_: kind,
        flags: 0,
    }
}

/// The audio's sample format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    Float32,
    Float64,
}

/// One process call. Audio buffers belong to the player.
#[derive(Clone, Debug)]
pub struct Block {
    /// `None`: the host gives no transport at all.
    pub place: Option<Place>,
    pub frame_count: usize,
    /// Events in the order they are given.
    pub(crate) events: Vec<Say>,
    /// The same memory for main input and output.
    pub in_place: bool,
    pub width: Width,
    /// No array of inputs or outputs, arrays without channels, no event lists.
    pub null_inputs: bool,
    pub null_outputs: bool,
    pub null_channels: bool,
    pub null_events: bool,
    pub with_sidechain: bool,
    pub constant_mask: u64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Say {
    Value {
        offset: u32,
        id: u32,
        plain: f64,
    },
    Place {
        offset: u32,
        place: Place,
    },
    /// An event of another space that looks like a value.
    Foreign,
}

impl Block {
    pub fn playing(frame: i64, frame_count: usize) -> Block {
        Block::at(Some(Place::at(frame, true)), frame_count)
    }

    pub fn stopped(frame: i64, frame_count: usize) -> Block {
        Block::at(Some(Place::at(frame, false)), frame_count)
    }

    pub fn at(place: Option<Place>, frame_count: usize) -> Block {
        Block {
            place,
            frame_count,
            events: Vec::new(),
            in_place: false,
            width: Width::Float32,
            null_inputs: false,
            null_outputs: false,
            null_channels: false,
            null_events: false,
            with_sidechain: false,
            constant_mask: 0,
        }
    }

    /// With one more value, in the parameter's own unit.
    pub fn value(mut self, id: u32, offset: u32, plain: f64) -> Block {
        self.events.push(Say::Value { offset, id, plain });
        self
    }

    /// With another transport from an offset on.
    pub fn turn(mut self, offset: u32, place: Place) -> Block {
        self.events.push(Say::Place { offset, place });
        self
    }

    /// With an event that no plugin of ours knows.
    pub fn foreign(mut self) -> Block {
        self.events.push(Say::Foreign);
        self
    }
}
