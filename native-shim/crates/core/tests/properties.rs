//! What must hold for all lanes, block cuts, transports, cells and blobs.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use proptest::prelude::*;
use simmer_core::limits::{TAKES_BYTES_MAX, WINDOW_FRAMES};
use simmer_core::*;

fn lane(start: f64, points: &[Breakpoint]) -> Lane {
    let mut lane = Lane::new(start);
    for point in points {
        match point.interpolation {
            Interpolation::Linear => lane.push(point.offset, point.value),
            Interpolation::Hold => lane.push_hold(point.offset, point.value),
        }
    }
    lane
}

/// Of both kinds, mixed.
fn sorted_points() -> impl Strategy<Value = Vec<Breakpoint>> {
    let interpolation = prop_oneof![Just(Interpolation::Linear), Just(Interpolation::Hold)];
    let point = (0u32..=512, 0.0f64..2.0, interpolation).prop_map(|(offset, value, interpolation)| Breakpoint {
        offset,
        value,
        interpolation,
    });
    prop::collection::vec(point, 0..40).prop_map(|mut points| {
        points.sort_by_key(|point| point.offset);
        points
    })
}

/// By definition, and slowly.
fn value_by_definition(start: f64, points: &[Breakpoint], offset: u32) -> f64 {
    let before = points.iter().rev().find(|point| point.offset <= offset);
    let after = points.iter().find(|point| point.offset > offset);
    let (from, value) = before.map_or((0, start), |point| (point.offset, point.value));
    match after {
        Some(next) if next.interpolation == Interpolation::Linear => {
            value + (next.value - value) * f64::from(offset - from) / f64::from(next.offset - from)
        }
        _ => value,
    }
}

proptest! {
    /// A lane cut into parts is the lane.
    #[test]
    fn parts_of_a_lane_are_the_lane(points in sorted_points(), start in 0.0f64..2.0, cuts in prop::collection::btree_set(1u32..512, 0..6)) {
        let whole = lane(start, &points);
        let mut edges = vec![0];
        edges.extend(cuts);
        edges.push(512);
        for edge in edges.windows(2) {
            let mut part = Vec::new();
            let part_start = whole.part(edge[0], edge[1], |point| part.push(point));
            prop_assert_eq!(part.len(), whole.part_len(edge[0], edge[1]));
            let part = lane(part_start, &part);
            for offset in edge[0]..edge[1] {
                let (a, b) = (whole.value_at(offset), part.value_at(offset - edge[0]));
                prop_assert!((a - b).abs() < 1e-9, "at {}: {} or {}", offset, a, b);
            }
        }
    }

    /// The next block starts where this one ended.
    #[test]
    fn a_lane_goes_on_with_its_last_value(points in sorted_points(), start in 0.0f64..2.0) {
        let mut lane = lane(start, &points);
        let end = lane.end_value();
        lane.begin();
        prop_assert_eq!((lane.start_value(), lane.end_value(), lane.is_constant()), (end, end, true));
    }

    /// A cursor that walks agrees with looking up, and stays between the neighbouring points.
    #[test]
    fn a_cursor_agrees_with_a_look_up(points in sorted_points(), start in 0.0f64..2.0) {
        let lane = lane(start, &points);
        let mut cursor = lane.cursor();
        for offset in 0..=513 {
            let value = cursor.value_at(offset);
            prop_assert_eq!(value, lane.value_at(offset));
            prop_assert!((value - value_by_definition(start, &points, offset)).abs() < 1e-9);
            prop_assert!((0.0..=2.0).contains(&value));
        }
    }

    /// Contiguous blocks share an epoch, whatever their sizes; anything else starts one; numbers only rise.
    #[test]
    fn epochs_cut_exactly_at_discontinuities(moves in prop::collection::vec((0i64..3, 1usize..9000, 0u32..2, any::<bool>()), 1..60)) {
        let mut tracker = EpochTracker::default();
        let (mut expected, mut epoch, mut frame): (Option<Place>, u32, i64) = (None, 0, 0);
        for (jump, count, seed, offline) in moves {
            frame += jump / 2 * 17;
            let place = Place { frame, seed, offline, start_mode: StartMode::Continue };
            match tracker.play(place, count) {
                Decision::Continue => prop_assert_eq!(expected, Some(place)),
                Decision::Start(start) => {
                    prop_assert_ne!(expected, Some(place));
                    prop_assert!(start.epoch > epoch);
                    prop_assert_eq!((start.root, start.seed, start.offline), (frame, seed, offline));
                    epoch = start.epoch;
                }
                Decision::Nothing => prop_assert!(false),
            }
            frame += count as i64;
            expected = Some(Place { frame, ..place });
        }
    }

    /// What is read is what was last written for that epoch and frame, or nothing.
    #[test]
    fn a_timeline_never_tells_another_place(writes in prop::collection::vec((1u32..4, 0i64..3, 0i64..2000, 1u16..=256), 1..40)) {
        let mut timeline = Timeline::new(WINDOW_FRAMES);
        let mut truth = std::collections::HashMap::new();
        for (turn, (epoch, lap, at, count)) in writes.iter().enumerate() {
            let start = lap * WINDOW_FRAMES as i64 + at;
            let value = turn as f32;
            let mut cell = Cell { epoch: *epoch, start, frame_count: *count, ..Cell::default() };
            cell.frames.iter_mut().for_each(|frame| *frame = [value, -value]);
            timeline.write(&cell, start);
            for frame in start..start + i64::from(*count) {
                // The slot is the frame's, whoever had it before.
                truth.retain(|(_, other): &(u32, i64), _| *other == frame || (other - frame) % WINDOW_FRAMES as i64 != 0);
                truth.retain(|(other, same): &(u32, i64), _| *same != frame || other == epoch);
                truth.insert((*epoch, frame), value);
            }
        }
        for epoch in 1..4 {
            for lap in 0..3 {
                for at in (0..2300).step_by(7) {
                    let frame = lap * WINDOW_FRAMES as i64 + at;
                    let wanted = truth.get(&(epoch, frame)).map(|value| [*value, -*value]);
                    prop_assert_eq!(timeline.read(epoch, frame), wanted);
                    prop_assert_eq!(timeline.first_missing(epoch, frame, frame + 1) == frame + 1, wanted.is_some());
                }
            }
        }
    }

    /// State survives saving; unknown members and versions are kept; cut blobs are refused.
    #[test]
    fn state_survives(
        values in prop::collection::vec(0.0f64..1.0, parameter::PARAMETER_COUNT),
        id in any::<[u8; 16]>(),
        takes in prop::collection::vec(any::<u8>(), 0..300),
        cut in 0usize..200,
    ) {
        let mut state = State::new(id);
        for spec in parameter::inputs() {
            state.values[spec.id as usize] = spec.to_plain(values[spec.id as usize]).unwrap();
        }
        state.takes = takes;
        state.labels = Labels::new(&["Ada".into(), "Béla".into()], &["Walk".into()]);
        state.model = "one-song".into();
        let bytes = state.encode();
        let back = State::decode(&bytes).unwrap();
        prop_assert_eq!(&back, &state);
        prop_assert_eq!(back.encode(), bytes.clone());
        prop_assert!(State::decode(&bytes[..cut.min(bytes.len() - 1)]).is_err());
    }

    /// No bytes crash the reader.
    #[test]
    fn garbage_is_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..400), ours in any::<bool>()) {
        if ours {
            let good = State::new([7; 16]).encode();
            for (slot, byte) in bytes.iter_mut().zip(&good[..16]) {
                *slot = *byte;
            }
        }
        let _ = State::decode(&bytes);
    }

    /// A flipped byte gives an error or a usable state.
    #[test]
    fn a_damaged_state_has_usable_values(at in 16usize..200, bit in 0u8..8) {
        let mut bytes = State::new([9; 16]).encode();
        let at = at.min(bytes.len() - 1);
        bytes[at] ^= 1 << bit;
        if let Ok(state) = State::decode(&bytes) {
            for (value, spec) in state.values.iter().zip(&parameter::PARAMETERS) {
                prop_assert_eq!(spec.sanitise(*value), Some(*value));
            }
        }
    }

    /// Softened audio stays between what it was, silence, and the tail it cuts off.
    #[test]
    fn a_declick_adds_nothing(frames in prop::collection::vec(prop::option::weighted(0.9, -1.0f32..1.0), 1..400)) {
        let mut declick = Declick::default();
        for frame in &frames {
            let out = declick.next(frame.map(|value| [value, value]));
            prop_assert!(out[0].is_finite() && out[0].abs() <= 2.0);
        }
        let mut whole = Declick::default();
        for value in frames.iter().flatten() {
            prop_assert_eq!(whole.next(Some([*value, *value])), [*value, *value], "no gap, no change");
        }
    }
}

#[test]
fn a_value_that_holds_is_not_cut_into_a_slope() {
    let mut lane = Lane::new(1.0);
    lane.push_hold(100, 2.0);
    lane.push(200, 0.0);
    assert_eq!([0, 99, 100, 150, 200].map(|offset| lane.value_at(offset)), [1.0, 1.0, 2.0, 1.0, 0.0]);
    let part = |from, to| {
        let mut points = Vec::new();
        let start = lane.part(from, to, |point| points.push(point));
        (start, points)
    };
    let hold = |offset, value| Breakpoint { offset, value, interpolation: Interpolation::Hold };
    let line = |offset, value| Breakpoint { offset, value, interpolation: Interpolation::Linear };
    assert_eq!(part(0, 64), (1.0, vec![]));
    assert_eq!(part(64, 100), (1.0, vec![hold(36, 2.0)]), "it jumps at the end of its part");
    assert_eq!(part(64, 150), (1.0, vec![hold(36, 2.0), line(86, 1.0)]));
    assert_eq!(part(100, 150), (2.0, vec![line(50, 1.0)]));
}

#[test]
fn an_epoch_resumes_where_it_was_interrupted_and_nowhere_else() {
    let place = |frame| Place { frame, ..Place::default() };
    let resumes = |decision| match decision {
        Decision::Start(start) => start.resumes,
        other => panic!("{other:?}"),
    };
    let mut tracker = EpochTracker::default();
    assert!(!resumes(tracker.play(place(0), 64)));
    tracker.interrupt();
    assert!(resumes(tracker.play(place(64), 64)));
    tracker.interrupt();
    assert!(!resumes(tracker.play(place(64), 64)), "back");
    tracker.interrupt();
    assert!(!resumes(tracker.stand(place(500))));
    tracker.interrupt();
    assert!(!resumes(tracker.play(place(500), 64)), "nothing was played there");
}

#[test]
fn unknown_parts_of_a_newer_state_are_kept() {
    let body = r#"{"instanceId":"00112233445566778899aabbccddeeff","model":"","newer":{"x":[1,2.5,"y"]},"parameters":{"0":0.75,"77":3.5}}"#;
    let mut bytes = b"SIMMERST".to_vec();
    bytes.extend(9u32.to_le_bytes());
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend(body.as_bytes());
    bytes.extend([0; 32]);
    let state = State::decode(&bytes).unwrap();
    assert_eq!(state.values[0], 0.75);
    let again = String::from_utf8(state.encode()[16..].to_vec()).unwrap();
    assert!(again.contains(r#""newer":{"x":[1,2.5,"y"]}"#) && again.contains(r#""77":3.5"#), "{again}");
    assert_eq!(state.encode()[8..12], 9u32.to_le_bytes());
    assert_eq!(State::decode(&state.encode()).unwrap().encode(), state.encode());
}

#[test]
fn a_state_of_before_there_were_takes_loads_and_stays_as_it_was() {
    let body = r#"{"instanceId":"00112233445566778899aabbccddeeff","model":"","parameters":{"0":0.75,"3":7.0}}"#;
    let state = State::decode(&blob(body)).unwrap();
    assert_eq!((state.takes.len(), state.values[3], state.values[10], state.values[11]), (0, 7.0, 0.0, 0.0));
    let again = String::from_utf8(state.encode()[16..].to_vec()).unwrap();
    assert!(!again.contains("takes") && !again.contains("\"8\"") && again.contains("\"11\":0.0"), "{again}");
}

#[test]
fn takes_are_kept_up_to_their_limit_and_damaged_ones_cost_nothing_else() {
    let mut state = State::new([3; 16]);
    state.takes = (0..TAKES_BYTES_MAX).map(|k| (k * 7 / 3) as u8).collect();
    let bytes = state.encode();
    assert_eq!(State::decode(&bytes).unwrap(), state);
    assert_eq!(State::decode(&bytes).unwrap().encode(), bytes);
    state.takes.push(1);
    assert!(State::decode(&state.encode()).unwrap().takes.is_empty(), "one byte too many");
    for takes in [r#""%%%""#, r#""AAA""#, "7", "[]", "null"] {
        let body =
            format!(r#"{{"instanceId":"00112233445566778899aabbccddeeff","parameters":{{"0":0.5}},"takes":{takes}}}"#);
        let state = State::decode(&blob(&body)).unwrap();
        assert_eq!((state.takes.len(), state.values[0]), (0, 0.5), "{takes}");
    }
    let body = r#"{"instanceId":"00112233445566778899aabbccddeeff","parameters":{},"takes":"AP8Q"}"#;
    assert_eq!(State::decode(&blob(body)).unwrap().takes, [0, 255, 16], "the control: a good one is read");
}

fn blob(body: &str) -> Vec<u8> {
    let mut bytes = b"SIMMERST".to_vec();
    bytes.extend(1u32.to_le_bytes());
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend(body.as_bytes());
    bytes
}

#[test]
fn a_value_set_between_calls_is_in_the_state_at_once_and_taken_up_once() {
    let shared = Shared::new();
    let taken = |shared: &Shared| {
        let mut taken = Vec::new();
        shared.inputs.take_pending(|index, plain| taken.push((index, plain)));
        taken
    };
    assert!(
        shared.inputs.set_pending(parameter::TEMPERATURE, 0.25) && shared.inputs.set_pending(parameter::START, 2.0)
    );
    assert!(shared.inputs.set_pending(parameter::TEMPERATURE, 9.0), "clamped");
    assert!(!shared.inputs.set_pending(parameter::STATUS, 1.0) && !shared.inputs.set_pending(99, 1.0), "no input");
    assert!(!shared.inputs.set_pending(parameter::MIX, f64::NAN));
    assert_eq!((shared.inputs.value(0), shared.inputs.value(11), shared.inputs.value(8)), (2.0, 2.0, 0.0));
    assert_eq!(taken(&shared), [(0, 2.0), (11, 2.0)]);
    assert_eq!(taken(&shared), []);
    shared.inputs.set_pending(parameter::TEMPERATURE, 0.5);
    shared.inputs.restore(&parameter::defaults());
    assert_eq!((taken(&shared), shared.inputs.value(0)), (vec![], 1.0), "a state that is loaded overrules it");
}

#[test]
fn other_takes_of_a_state_are_news_and_those_of_the_service_are_not() {
    let shared = Shared::new();
    assert!(shared.song.set_takes(vec![1, 2], 0) && !shared.song.set_takes(vec![0; TAKES_BYTES_MAX + 1], 0));
    assert_eq!((shared.song.takes(), shared.song.takes_load_count()), (vec![1, 2], 0));
    shared.song.restore_takes(&[1, 2]);
    assert_eq!(shared.song.takes_load_count(), 0, "the same");
    shared.song.restore_takes(&[]);
    assert_eq!(shared.song.takes_to_open(), (vec![], 1));
    assert!(!shared.song.set_takes(vec![3], 0), "of a stream that was opened before");
    assert!(shared.song.takes().is_empty() && shared.song.set_takes(vec![3], 1));
}
