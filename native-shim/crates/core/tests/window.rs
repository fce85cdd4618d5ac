//! Which revision of which epoch is heard, against a model that only knows what was sent.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use proptest::prelude::*;
use simmer_core::limits::{CELL_FRAMES, PRELUDE_FRAMES};
use simmer_core::{Cell, Place, Start, StartMode, Taken, Window};
use std::collections::{BTreeMap, HashSet};

fn start(epoch: u32, root: i64, seed: u32) -> Start {
    Start { epoch, root, seed, resume: root, ..Start::default() }
}

/// A cell whose audio says which revision and frame it is of.
fn cell(epoch: u32, revision: u32, first: i64, count: i64) -> Cell {
    let mut cell = Cell { epoch, revision, start: first, frame_count: count as u16, ..Cell::default() };
    for (slot, frame) in cell.frames.iter_mut().zip(first..) {
        *slot = heard(epoch, revision, frame);
    }
    cell
}

fn prelude(epoch: u32, place: Place, first: i64, count: i64) -> Cell {
    Cell { prelude: Some(place), ..cell(epoch, 0, first, count) }
}

fn heard(epoch: u32, revision: u32, frame: i64) -> [f32; 2] {
    [(epoch * 1000 + revision) as f32, frame as f32]
}

/// What is right by definition: a frame belongs to the newest accepted revision that splices at it or before it, and is
/// there if that one has sent it.
#[derive(Default)]
struct Model {
    epoch: u32,
    place: Place,
    splices: BTreeMap<u32, i64>,
    sent: HashSet<(u32, i64)>,
    refused: HashSet<u32>,
    /// Behind what was sent last of the newest accepted revision.
    end: i64,
    /// Of the next epoch: where it must begin, and the frames that were sent for it.
    coming: Option<(Place, i64)>,
}

impl Model {
    fn begin(&mut self, start: &Start) {
        let prelude = self.coming.take().filter(|(place, _)| start.epoch == self.epoch + 1 && *place == start.place());
        let end = prelude.map_or(start.root, |(_, end)| end);
        *self = Model { epoch: start.epoch, place: start.place(), ..Model::default() };
        self.splices.insert(0, start.root);
        self.end = end;
        self.sent.extend((start.root..end).map(|frame| (0, frame)));
    }

    fn send(&mut self, revision: u32, first: i64, count: i64, at: i64, restarts: bool) {
        let newest = *self.splices.keys().last().unwrap();
        if revision > newest && !self.refused.contains(&revision) {
            if restarts && first + count <= at {
                return; // It has not caught up.
            }
            if first < at && first < self.end && !restarts {
                self.refused.insert(revision);
            } else {
                self.splices.insert(revision, first);
            }
        }
        if self.splices.contains_key(&revision) && revision >= newest {
            self.end = first + count;
        }
        self.sent.extend((first..first + count).map(|frame| (revision, frame)));
    }

    fn read(&self, frame: i64) -> Option<[f32; 2]> {
        let (revision, _) = self.splices.iter().rev().find(|(_, splice)| **splice <= frame)?;
        self.sent.contains(&(*revision, frame)).then(|| heard(self.epoch, *revision, frame))
    }
}

/// What a service and a host may do. Numbers are distances in frames.
#[derive(Clone, Debug)]
enum Act {
    Play(i64),
    /// On with the newest revision, after a gap.
    Send(i64, i64),
    /// A new one, from so far behind the playhead (or before it), perhaps of a new stream.
    Revise(i64, i64, bool),
    /// On with the prelude of this root.
    Prelude(i64, i64),
    /// An epoch that begins at that root, with that seed.
    Begin(i64, u32),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (1i64..300).prop_map(Act::Play),
        6 => (prop_oneof![4 => Just(0i64), 1 => 1i64..200], 1i64..=CELL_FRAMES as i64).prop_map(|(g, n)| Act::Send(g, n)),
        3 => (-200i64..500, 1i64..=CELL_FRAMES as i64, prop::bool::weighted(0.2)).prop_map(|(a, n, r)| Act::Revise(a, n, r)),
        3 => (0i64..3, 1i64..=CELL_FRAMES as i64).prop_map(|(root, n)| Act::Prelude(root * 500, n)),
        1 => (0i64..3, 1u32..3).prop_map(|(root, seed)| Act::Begin(root * 500, seed)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_heard_is_what_the_model_says(acts in prop::collection::vec(act(), 1..80)) {
        let (mut window, mut model) = (Window::new(), Model::default());
        let first = start(1, 500, 1);
        window.begin(&first);
        model.begin(&first);
        let (mut at, mut end, mut revision, mut restarting) = (500i64, 500i64, 0u32, false);
        for act in acts {
            match act {
                Act::Play(frames) => at += frames,
                Act::Send(gap, count) => {
                    end += gap;
                    window.take(&Cell { restarts: restarting, ..cell(model.epoch, revision, end, count) }, at);
                    model.send(revision, end, count, at, restarting);
                    end += count;
                }
                Act::Revise(ahead, count, restarts) => {
                    // A revision begins where audio was sent, or where it would go on.
                    end = (at + ahead).clamp(model.place.frame, end.max(model.place.frame));
                    revision += 1;
                    restarting = restarts;
                    let cell = Cell { restarts, ..cell(model.epoch, revision, end, count) };
                    let taken = window.take(&cell, at);
                    model.send(revision, end, count, at, restarts);
                    let accepted = model.splices.contains_key(&revision);
                    let expected = if restarts { Taken::Restarted } else { Taken::Kept };
                    prop_assert_eq!(taken, if accepted { expected } else { Taken::Dropped });
                    end += count;
                }
                Act::Prelude(root, count) => {
                    let place = Place { frame: root, seed: model.place.seed, ..Place::default() };
                    let from = model.coming.filter(|(coming, _)| *coming == place).map_or(root, |(_, end)| end);
                    let taken = window.take(&prelude(model.epoch + 1, place, from, count), at);
                    prop_assert_eq!(taken, Taken::Foreseen(model.epoch + 1, place));
                    model.coming = Some((place, from + count));
                }
                Act::Begin(root, seed) => {
                    let epoch = model.epoch + 1;
                    // The number of a prelude is given to its place only; the tracker sees to that.
                    let place = start(epoch, root, seed).place();
                    let skips = model.coming.is_some_and(|(coming, _)| coming != place);
                    end = model.coming.filter(|_| !skips).map_or(root, |(_, end)| end);
                    let next = start(epoch + u32::from(skips), root, seed);
                    window.begin(&next);
                    model.begin(&next);
                    (at, revision, restarting) = (root, 0, false);
                }
            }
            for frame in (at..at + 1500).step_by(3) {
                prop_assert_eq!(window.read(frame), model.read(frame), "epoch {} frame {}", model.epoch, frame);
            }
            let newest = *model.splices.keys().last().unwrap();
            prop_assert_eq!(window.revision(), newest);
        }
    }
}

#[test]
fn a_revision_that_splices_in_the_past_is_refused_whole_and_the_next_may_be_accepted() {
    let mut window = Window::new();
    window.begin(&start(1, 0, 1));
    window.take(&cell(1, 0, 0, 200), 0);
    assert_eq!(window.take(&cell(1, 1, 99, 50), 100), Taken::Dropped, "one frame too late");
    assert_eq!(window.take(&cell(1, 1, 149, 50), 100), Taken::Dropped, "its later chunks as well");
    assert_eq!((window.revision(), window.read(150)), (0, Some(heard(1, 0, 150))));
    assert_eq!(window.take(&cell(1, 2, 120, 10), 100), Taken::Kept);
    assert_eq!(window.read(119), Some(heard(1, 0, 119)), "before the splice nothing changes");
    assert_eq!(window.read(120), Some(heard(1, 2, 120)));
    assert_eq!(window.read(130), None, "what lies behind the newest chunk is gone, though it was sent once");
    assert_eq!(window.take(&cell(1, 1, 130, 10), 100), Taken::Dropped);
    assert_eq!(window.take(&cell(1, 0, 130, 10), 100), Taken::Dropped);
}

#[test]
fn a_revision_that_replaces_nothing_is_never_too_late() {
    let mut window = Window::new();
    window.begin(&start(1, 0, 1));
    window.take(&cell(1, 0, 0, 100), 0);
    assert_eq!(window.take(&cell(1, 1, 99, 50), 130), Taken::Dropped, "frame 99 was played");
    assert_eq!(window.take(&cell(1, 2, 100, 50), 130), Taken::Kept, "there was nothing");
    assert_eq!((window.revision(), window.read(130)), (2, Some(heard(1, 2, 130))));
}

#[test]
fn what_is_there_is_played_until_a_new_stream_has_caught_up() {
    let mut window = Window::new();
    window.begin(&start(1, 0, 1));
    window.take(&cell(1, 0, 0, 200), 0);
    let late = |first| Cell { restarts: true, ..cell(1, 1, first, 50) };
    assert_eq!(window.take(&late(20), 100), Taken::Dropped);
    assert_eq!((window.revision(), window.read(100)), (0, Some(heard(1, 0, 100))));
    assert_eq!(window.take(&late(70), 100), Taken::Restarted);
    assert_eq!((window.read(100), window.read(119)), (Some(heard(1, 1, 100)), Some(heard(1, 1, 119))));
    assert_eq!(window.read(120), None, "the other stream's audio does not come back");
    assert_eq!(window.take(&late(120), 100), Taken::Kept);
}

#[test]
fn a_gap_after_a_splice_does_not_show_what_was_there_before() {
    let mut window = Window::new();
    window.begin(&start(1, 0, 1));
    window.take(&cell(1, 0, 0, 256), 0);
    window.take(&cell(1, 1, 100, 10), 50);
    window.take(&cell(1, 1, 150, 10), 50);
    assert_eq!((window.read(109), window.read(110), window.read(149)), (Some(heard(1, 1, 109)), None, None));
    assert_eq!(window.read(150), Some(heard(1, 1, 150)));
}

#[test]
fn a_prelude_is_played_by_the_epoch_it_is_for_and_by_no_other() {
    let place = start(2, 700, 1).place();
    for (next, is_it) in [
        (start(2, 700, 1), true),
        (start(2, 701, 1), false),
        (start(2, 700, 9), false),
        (start(3, 700, 1), false),
        (Start { offline: true, ..start(2, 700, 1) }, false),
        (Start { start_mode: StartMode::Fresh, ..start(2, 700, 1) }, false),
    ] {
        let mut window = Window::new();
        window.begin(&start(1, 0, 1));
        assert_eq!(window.take(&prelude(2, place, 700, 100), 0), Taken::Foreseen(2, place));
        assert_eq!(window.read(700), None, "not yet");
        window.begin(&next);
        assert_eq!(window.read(750).is_some(), is_it, "{next:?}");
        // The rest of it, which was still on its way.
        assert_eq!(window.take(&prelude(2, place, 800, 50), next.root) == Taken::Kept, is_it, "{next:?}");
        assert_eq!(window.read(849).is_some(), is_it);
        window.take(&cell(next.epoch, 1, 760, 20), 750);
        assert_eq!(window.read(770), Some(heard(next.epoch, 1, 770)));
        assert_eq!(window.read(759).is_some(), is_it, "a splice into the prelude");
        assert_eq!(window.read(780), None);
    }
}

#[test]
fn a_prelude_that_came_after_its_epoch_began_is_its_audio() {
    let mut window = Window::new();
    window.begin(&start(1, 0, 1));
    window.begin(&start(2, 700, 1));
    assert_eq!(window.take(&prelude(2, start(2, 500, 1).place(), 500, 10), 700), Taken::Dropped, "of another place");
    assert_eq!(window.take(&prelude(2, start(2, 700, 1).place(), 700, 10), 700), Taken::Kept);
    assert_eq!(window.read(705), Some(heard(2, 0, 705)));
}

#[test]
fn a_prelude_ends_where_its_place_is_full_and_has_no_holes() {
    let mut window = Window::new();
    window.begin(&start(1, 0, 1));
    let place = start(2, 0, 1).place();
    let full = PRELUDE_FRAMES as i64;
    for first in (0..full + 512).step_by(CELL_FRAMES) {
        window.take(&prelude(2, place, first, CELL_FRAMES as i64), 0);
    }
    assert_eq!(window.take(&prelude(2, place, full + 1000, 10), 0), Taken::Dropped, "not contiguous");
    window.begin(&start(2, 0, 1));
    for frame in [0, 1, full - 1] {
        assert_eq!(window.read(frame), Some(heard(2, 0, frame)));
    }
    assert_eq!((window.read(full), window.read(full + 1000)), (None, None));
}

#[test]
fn an_offline_epoch_has_no_prelude() {
    let mut window = Window::new();
    window.begin(&Start { offline: true, ..start(1, 0, 1) });
    assert_eq!(window.take(&prelude(2, start(2, 0, 1).place(), 0, 10), 0), Taken::Dropped);
}
