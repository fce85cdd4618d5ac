//! What a person turns on the page reaches a CLAP host as gestures, in process() or flush(), and comes back to the page.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use simmer_clap_host::*;
use simmer_fake_service::{FakeService, temperature_of};
use simmer_link::wire::{GesturePhase, InstanceState};
use std::time::{Duration, Instant};

const GESTURE: [(u32, GesturePhase, f64); 6] = [
    (0, GesturePhase::Begin, 0.0),
    (0, GesturePhase::Perform, 0.625),
    (0, GesturePhase::Perform, 1.5),
    (0, GesturePhase::Perform, 7.0), // out of range
    (0, GesturePhase::End, 0.0),
    (8, GesturePhase::Begin, 0.0), // read-only
];
const TOLD: [Step; 4] = [Step::Begin(0), Step::Value(0, 0.625), Step::Value(0, 1.5), Step::End(0)];

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(10), "not in 10 s: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn value(state: &InstanceState, id: u32) -> f64 {
    state.values.iter().find(|one| one.parameter_id == id).unwrap().value
}

fn last(service: &FakeService) -> Option<InstanceState> {
    service.seen().instances.last().cloned()
}

/// The steps of a hand: what the plugin tells of itself is left out.
fn of_people(steps: &[Step]) -> Vec<Step> {
    let is_own = |step: &Step| matches!(step, Step::Value(8 | 9, _));
    steps.iter().filter(|step| !is_own(step)).copied().collect()
}

#[test]
fn process_tells_them_and_the_value_counts_at_once() {
    let stage = Stage::new("edit-process");
    let service = stage.service(|behaviour| behaviour.edits = GESTURE.to_vec());
    let mut plugin = Plugin::default();
    let player = plugin.start(48_000.0, 8192);
    until("the plugin asks for a call", || plugin.flushes() > 0);
    until("what the page is told first", || last(&service).is_some_and(|state| value(&state, 0) == 1.0));
    // The rest of the gesture may be under way still.
    std::thread::sleep(Duration::from_millis(100));
    on_audio_thread(player, |player| {
        player.process(&Block::at(Some(Place::at(0, false)), 256));
        assert_eq!(of_people(player.reported_steps()), TOLD);
        player.process(&Block::at(Some(Place::at(0, false)), 256));
        assert_eq!(of_people(player.reported_steps()), [], "told once");
        until("its answer", || last(&service).is_some_and(|state| state.applied_sequence_number == 6));
    });
    assert_eq!(value(&last(&service).unwrap(), 0), 1.5);
    assert_eq!(plugin.value(0), 1.5);
    let block = service.seen().blocks.last().unwrap().clone();
    assert_eq!(temperature_of(&block).value_at_start, 1.5, "what is drawn at");
}

#[test]
fn flush_tells_them_too_and_processing_begins_with_the_value() {
    let stage = Stage::new("edit-flush");
    let service = stage.service(|behaviour| behaviour.edits = GESTURE.to_vec());
    let mut plugin = Plugin::default();
    let player = plugin.start(48_000.0, 8192);
    until("the plugin asks for a call", || plugin.flushes() > 0);
    std::thread::sleep(Duration::from_millis(100));
    on_audio_thread(player, |player| {
        player.prepare(&Block::at(None, 256));
        player.flush();
        assert_eq!(of_people(player.reported_steps()), TOLD);
        until("its answer", || last(&service).is_some_and(|state| state.applied_sequence_number == 6));
        player.process(&Block::at(Some(Place::at(0, false)), 256));
        assert_eq!(of_people(player.reported_steps()), []);
    });
    assert_eq!(plugin.value(0), 1.5);
}

#[test]
fn the_hosts_own_value_in_the_same_call_has_the_last_word() {
    let stage = Stage::new("edit-fight");
    let service = stage.service(|behaviour| behaviour.edits = GESTURE.to_vec());
    let mut plugin = Plugin::default();
    let player = plugin.start(48_000.0, 8192);
    until("the plugin asks for a call", || plugin.flushes() > 0);
    std::thread::sleep(Duration::from_millis(100));
    on_audio_thread(player, |player| {
        player.process(&Block::at(Some(Place::at(0, false)), 256).value(0, 0, 0.25));
        assert_eq!(of_people(player.reported_steps()), TOLD);
    });
    assert_eq!(plugin.value(0), 0.25);
    until("the page sees it", || last(&service).is_some_and(|state| value(&state, 0) == 0.25));
}

#[test]
fn a_gesture_that_its_service_leaves_open_is_ended() {
    let stage = Stage::new("edit-lost");
    let service = stage.service(|behaviour| behaviour.edits = GESTURE[..2].to_vec());
    let mut plugin = Plugin::default();
    let player = plugin.start(48_000.0, 8192);
    until("the plugin asks for a call", || plugin.flushes() > 0);
    std::thread::sleep(Duration::from_millis(100));
    drop(service);
    on_audio_thread(player, |player| {
        let mut told = Vec::new();
        until("the end of the gesture", || {
            player.process(&Block::at(Some(Place::at(0, false)), 256));
            told.extend(of_people(player.reported_steps()));
            told.last() == Some(&Step::End(0))
        });
        assert_eq!(told, [Step::Begin(0), Step::Value(0, 0.625), Step::End(0)]);
    });
}
