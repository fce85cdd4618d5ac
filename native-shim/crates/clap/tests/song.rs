//! From CLAP's seconds and beats to song frames: exact where the host's place is a whole frame, calm where it is not.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use clap_sys::events::*;
use proptest::prelude::*;
use simmer_clap::{SongClock, SongPlace};
use simmer_core::LoopRange;

const UNITS: f64 = (1i64 << 31) as f64;
const RATES: [f64; 10] =
    [8_000.0, 11_025.0, 22_050.0, 44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0, 384_000.0];
const SECONDS: u32 = CLAP_TRANSPORT_HAS_SECONDS_TIMELINE;
const BEATS: u32 = CLAP_TRANSPORT_HAS_BEATS_TIMELINE | CLAP_TRANSPORT_HAS_TEMPO;

fn event(flags: u32) -> clap_event_transport {
    let header = clap_event_header { size: 0, time: 0, space_id: 0, type_: CLAP_EVENT_TRANSPORT, flags: 0 };
    clap_event_transport {
        header,
        flags,
        song_pos_beats: 0,
        song_pos_seconds: 0,
        tempo: 120.0,
        tempo_inc: 0.0,
        loop_start_beats: 0,
        loop_end_beats: 0,
        loop_start_seconds: 0,
        loop_end_seconds: 0,
        bar_start: 0,
        bar_number: 0,
        tsig_num: 4,
        tsig_denom: 4,
    }
}

fn at_units(units: i64) -> clap_event_transport {
    clap_event_transport { song_pos_seconds: units, ..event(SECONDS | CLAP_TRANSPORT_IS_PLAYING) }
}

/// A whole frame in 2⁻³¹ s, computed exactly and rounded down or up.
fn units_of(frame: i64, rate: f64, up: bool) -> i64 {
    let (numerator, rate) = (i128::from(frame) << 31, rate as i128);
    let down = numerator.div_euclid(rate);
    i64::try_from(down + i128::from(up && numerator.rem_euclid(rate) != 0)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// A day of song at every rate, before and after its start, whichever way the host rounds.
    #[test]
    fn a_whole_frame_comes_back_exactly(rate in prop::sample::select(&RATES), at in -1.0f64..1.0, up: bool) {
        let frame = (at * 86_400.0 * rate) as i64;
        let place = SongPlace::read(&at_units(units_of(frame, rate, up)), rate);
        prop_assert_eq!(place.frame.map(|frame| frame.round() as i64), Some(frame));
    }

    /// Two thousand blocks of any sizes, from anywhere in two days of song: no discontinuity, and never a frame off.
    #[test]
    fn whole_frames_are_contiguous(
        rate in prop::sample::select(&RATES),
        start in -1_000_000i64..10_000_000_000,
        sizes in prop::collection::vec(1i64..=8192, 1..50),
        up: bool,
    ) {
        let mut clock = SongClock::new(rate);
        let mut frame = start;
        for size in sizes.iter().cycle().take(2_000) {
            let transport = clock.follow(Some(&at_units(units_of(frame, rate, up))), *size as usize);
            prop_assert_eq!(transport.position, Some(frame));
            frame += size;
        }
    }

    /// A place between two frames, and noise of less than half a frame on it: one run, never more than a frame off.
    #[test]
    fn a_place_between_frames_is_calm(
        rate in prop::sample::select(&RATES),
        start in 0.0f64..1e9,
        sizes in prop::collection::vec(1i64..=8192, 1..50),
        noise in prop::collection::vec(-0.49f64..0.49, 1..50),
    ) {
        let mut clock = SongClock::new(rate);
        let (mut played, mut expected) = (0i64, None);
        for (size, noise) in sizes.iter().cycle().zip(noise.iter().cycle()).take(2_000) {
            let told = start + played as f64 + noise;
            let units = (told / rate * UNITS).round() as i64;
            let position = clock.follow(Some(&at_units(units)), *size as usize).position.unwrap();
            if let Some(expected) = expected {
                prop_assert_eq!(position, expected);
            }
            prop_assert!((position as f64 - (start + played as f64)).abs() <= 1.5, "{} {}", position, told);
            played += size;
            expected = Some(position + size);
        }
    }

    /// A jump of two frames or more is seen, at any block size, wherever it goes.
    #[test]
    fn a_jump_is_a_jump(start in -1_000_000i64..1_000_000_000, size in 1usize..=8192, jump in 2i64..1_000_000, back: bool) {
        let mut clock = SongClock::new(48_000.0);
        let told = |frame| at_units(units_of(frame, 48_000.0, false));
        clock.follow(Some(&told(start)), size);
        let target = start + size as i64 + if back { -jump } else { jump };
        prop_assert_eq!(clock.follow(Some(&told(target)), size).position, Some(target));
    }

    /// A host that runs slowly away is followed: the distance never grows beyond a frame.
    #[test]
    fn a_drift_is_followed(drift in -0.01f64..0.01, size in 1i64..=8192) {
        let mut clock = SongClock::new(48_000.0);
        let mut told = 1e6f64;
        for _ in 0..2_000 {
            let frame = told.round() as i64;
            let place = SongPlace { frame: Some(told), playing: true, tempo_bpm: 0.0, loop_ends: None };
            let position = clock.go_to(place, size as usize).position.unwrap();
            prop_assert!(position.abs_diff(frame) <= 1);
            told += size as f64 + drift;
        }
    }

    /// A loop whose ends lie between frames: each pass goes on where the loop takes it, without a break inside it.
    #[test]
    fn a_loop_between_frames_is_calm(length in 1_000.0f64..100_000.0, start in 0.0f64..1e8, size in 1usize..=8192) {
        let mut clock = SongClock::new(48_000.0);
        let (loop_start, loop_end) = (start, start + length);
        let units = |frame: f64| (frame / 48_000.0 * UNITS).round() as i64;
        let mut told = start;
        let mut expected: Option<(i64, i64)> = None;
        let mut breaks = 0;
        for _ in 0..500 {
            let event = clap_event_transport {
                loop_start_seconds: units(loop_start),
                loop_end_seconds: units(loop_end),
                flags: SECONDS | CLAP_TRANSPORT_IS_PLAYING | CLAP_TRANSPORT_IS_LOOP_ACTIVE,
                ..at_units(units(told))
            };
            let transport = clock.follow(Some(&event), size);
            let (position, range) = (transport.position.unwrap(), transport.loop_range);
            // A frame from the nearest one, and what 2⁻³¹ s are in frames.
            prop_assert!((position as f64 - told).abs() <= 1.501);
            if let Some((straight, wrapped)) = expected {
                breaks += i32::from(position != wrapped && position != straight);
            }
            // Where the core says that the loop takes the song. At the very end of the loop both are right.
            let straight = position + size as i64;
            let at_end = position == range.end || straight == range.end;
            let wrapped = if position <= range.end && straight >= range.end {
                range.start + (straight - range.end) % (range.end - range.start)
            } else {
                straight
            };
            expected = Some((if at_end { straight } else { wrapped }, wrapped));
            told += size as f64;
            while told >= loop_end {
                told -= length;
            }
        }
        // Several passes in one block add up what each is short of a frame; such short loops may break.
        prop_assert!(breaks == 0 || size as f64 >= length, "{} breaks", breaks);
    }
}

#[test]
fn without_seconds_beats_and_tempo_tell_the_place() {
    let beats = |beats: f64| (beats * UNITS) as i64;
    let mut told = event(BEATS | CLAP_TRANSPORT_IS_PLAYING | CLAP_TRANSPORT_IS_LOOP_ACTIVE);
    told.song_pos_beats = beats(4.0);
    told.loop_start_beats = beats(2.0);
    told.loop_end_beats = beats(6.0);
    let place = SongPlace::read(&told, 48_000.0);
    assert_eq!((place.frame, place.playing, place.tempo_bpm), (Some(96_000.0), true, 120.0));
    assert_eq!(place.loop_ends, Some((48_000.0, 144_000.0)));
    let transport = SongClock::new(48_000.0).follow(Some(&told), 64);
    assert_eq!((transport.position, transport.playing), (Some(96_000), true));
    assert_eq!(transport.loop_range, LoopRange { start: 48_000, end: 144_000 });
}

#[test]
fn seconds_are_believed_before_beats_and_a_loop_in_beats_is_as_far_away_as_the_tempo_says() {
    let mut told = event(SECONDS | BEATS | CLAP_TRANSPORT_IS_LOOP_ACTIVE);
    told.song_pos_seconds = 10 << 31;
    told.song_pos_beats = 3 << 31;
    told.loop_start_beats = 2 << 31;
    told.loop_end_beats = 4 << 31;
    let place = SongPlace::read(&told, 48_000.0);
    assert_eq!(place.frame, Some(480_000.0));
    assert_eq!(place.loop_ends, Some((456_000.0, 504_000.0)));
    told.loop_start_seconds = 1 << 31;
    told.loop_end_seconds = 2 << 31;
    assert_eq!(SongPlace::read(&told, 48_000.0).loop_ends, Some((48_000.0, 96_000.0)));
}

#[test]
fn what_a_host_does_not_say_is_not_made_up() {
    let nowhere = SongPlace::read(&event(CLAP_TRANSPORT_IS_PLAYING | CLAP_TRANSPORT_IS_LOOP_ACTIVE), 48_000.0);
    assert_eq!((nowhere.frame, nowhere.tempo_bpm, nowhere.loop_ends), (None, 0.0, None));
    for tempo in [0.0, -1.0, f64::NAN, f64::INFINITY, f64::MIN_POSITIVE] {
        let mut told = event(BEATS);
        told.tempo = tempo;
        told.song_pos_beats = i64::MAX;
        told.loop_start_beats = i64::MIN;
        // Whatever it is, the core refuses what is not believable; here nothing may panic.
        SongPlace::read(&told, 48_000.0);
    }
    let mut clock = SongClock::new(48_000.0);
    for units in [i64::MAX, i64::MIN, 0, i64::MIN + 1] {
        clock.follow(Some(&at_units(units)), 8192);
        clock.follow(None, 64);
    }
    assert_eq!(clock.follow(None, 64).position, None);
}

#[test]
fn a_stop_and_an_interruption_forget_the_place() {
    let told = |frame: i64, playing: bool| {
        let flags = SECONDS | if playing { CLAP_TRANSPORT_IS_PLAYING } else { 0 };
        clap_event_transport { flags, ..at_units(units_of(frame, 48_000.0, false)) }
    };
    let mut clock = SongClock::new(48_000.0);
    clock.follow(Some(&told(0, true)), 64);
    assert_eq!(clock.follow(Some(&told(65, true)), 64).position, Some(64), "contiguous");
    clock.interrupt();
    assert_eq!(clock.follow(Some(&told(129, true)), 64).position, Some(129), "told anew");
    clock.follow(Some(&told(193, false)), 64);
    assert_eq!(clock.follow(Some(&told(194, true)), 0).position, Some(194), "played anew");
    assert_eq!(clock.follow(Some(&told(195, true)), 64).position, Some(194), "a call without frames leads nowhere");
}
