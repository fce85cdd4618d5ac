//! Only whole gestures reach the host, and every one that was begun ends.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

use proptest::prelude::*;
use simmer_core::limits::EDITS_QUEUED_MAX;
use simmer_core::{Edit, EditReceiver, EditSender, Phase, Shared, Source, edit_queue};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

struct Desk {
    shared: Arc<Shared>,
    sender: EditSender,
    receiver: EditReceiver,
    sequence_number: u64,
}

impl Desk {
    fn new() -> Desk {
        let shared = Arc::new(Shared::new());
        let (mut sender, receiver) = edit_queue(&shared, Source::Page);
        sender.begin_stream();
        Desk { shared, sender, receiver, sequence_number: 0 }
    }

    fn take(&mut self, id: u32, phase: Phase) {
        self.sequence_number += 1;
        assert!(self.sender.take(self.sequence_number, id, phase));
    }

    fn applied_edits(&mut self) -> Vec<(usize, Phase)> {
        let mut applied = Vec::new();
        self.receiver.drain(|Edit { index, phase, .. }| {
            applied.push((index, phase));
            true
        });
        applied
    }

    fn refused(&self) -> i64 {
        self.shared.played.counters.edits_refused.load(Relaxed)
    }
}

use Phase::{Begin, End, Perform};

#[test]
fn a_gesture_goes_through_as_it_is() {
    let mut desk = Desk::new();
    for phase in [Begin, Perform(0.5), Perform(1.5), End] {
        desk.take(0, phase);
    }
    assert_eq!(desk.sender.applied(), 0, "nobody was applied");
    assert_eq!(desk.applied_edits(), [(0, Begin), (0, Perform(0.5)), (0, Perform(1.5)), (0, End)]);
    assert_eq!((desk.sender.applied(), desk.refused()), (4, 0));
}

#[test]
fn what_makes_no_sense_is_counted_and_goes_no_further() {
    let mut desk = Desk::new();
    let nonsense = [
        (0, End),
        (0, Perform(0.5)),
        (8, Begin),  // read-only
        (99, Begin), // none
        (u32::MAX, End),
    ];
    for (id, phase) in nonsense {
        desk.take(id, phase);
    }
    assert_eq!((desk.applied_edits(), desk.refused()), (vec![], 5));
    assert_eq!(desk.sender.applied(), 5, "done with, though nobody is applied");
    desk.take(0, Begin);
    for value in [f64::NAN, f64::INFINITY, -0.001, 2.001] {
        desk.take(0, Perform(value));
    }
    desk.take(0, Begin);
    desk.take(0, End);
    assert_eq!((desk.applied_edits(), desk.refused()), (vec![(0, Begin), (0, End)], 10));
    assert!(!desk.sender.take(desk.sequence_number, 0, Begin), "a sequence number comes once");
    assert!(!desk.sender.take(desk.sequence_number + 2, 0, Begin), "and none is left out");
    assert!(!desk.sender.take(u64::MAX, 0, Begin));
}

#[test]
fn a_stream_that_ends_lets_go() {
    let mut desk = Desk::new();
    desk.take(0, Begin);
    desk.take(3, Begin);
    desk.take(3, Perform(7.0));
    desk.sender.end_stream();
    desk.sender.end_stream();
    assert_eq!(desk.applied_edits(), [(0, Begin), (3, Begin), (3, Perform(7.0)), (0, End), (3, End)]);
    desk.sender.begin_stream();
    desk.sequence_number = 0;
    assert_eq!(desk.sender.applied(), 0, "of this stream");
    desk.take(0, Begin);
    desk.take(0, End);
    assert_eq!((desk.applied_edits().len(), desk.sender.applied()), (2, 2));
}

#[test]
fn a_host_that_does_not_listen_is_owed_no_more_than_the_ends() {
    let mut desk = Desk::new();
    desk.take(0, Begin);
    desk.take(1, Begin);
    for k in 0..1000 {
        desk.take(0, Perform(f64::from(k % 2)));
    }
    desk.take(2, Begin);
    desk.take(0, End);
    desk.sender.end_stream();
    let applied = desk.applied_edits();
    assert_eq!(applied.len(), EDITS_QUEUED_MAX);
    assert_eq!(applied[EDITS_QUEUED_MAX - 2..], [(0, End), (1, End)]);
    assert!(desk.refused() > 700);
}

#[test]
fn what_the_host_does_not_take_is_offered_again() {
    let mut desk = Desk::new();
    desk.take(0, Begin);
    desk.take(0, Perform(0.25));
    let mut count = 0;
    desk.receiver.drain(|_| {
        count += 1;
        count < 2
    });
    assert_eq!((count, desk.sender.applied()), (2, 1));
    assert_eq!(desk.applied_edits(), [(0, Perform(0.25))]);
}

#[test]
fn what_a_gesture_has_just_set_is_shown() {
    let mut desk = Desk::new();
    desk.take(0, Begin);
    desk.take(0, Perform(1.75));
    assert_eq!(desk.shared.shown(0), 1.0);
    desk.applied_edits();
    assert_eq!((desk.shared.shown(0), desk.shared.inputs.value(0)), (1.75, 1.0));
}

proptest! {
    /// Whatever a service sends: what the host gets are whole gestures, in order, of values in range.
    #[test]
    fn only_whole_gestures(steps in prop::collection::vec((0u32..14, 0u8..4, -1.0f64..3.0, any::<bool>()), 0..600)) {
        let mut desk = Desk::new();
        let mut applied = Vec::new();
        for (id, phase, value, drains) in steps {
            desk.take(id, match phase { 0 => Begin, 1 => End, _ => Perform(value) });
            if drains {
                applied.extend(desk.applied_edits());
            }
        }
        desk.sender.end_stream();
        applied.extend(desk.applied_edits());
        let mut open = [false; 14];
        for (index, phase) in applied {
            let spec = simmer_core::parameter::PARAMETERS[index];
            prop_assert!(!spec.read_only);
            match phase {
                Begin => prop_assert!(!std::mem::replace(&mut open[index], true)),
                End => prop_assert!(std::mem::replace(&mut open[index], false)),
                Perform(value) => prop_assert!(open[index] && (spec.min..=spec.max).contains(&value)),
            }
        }
        prop_assert!(open.iter().all(|open| !open));
    }
}

#[test]
fn two_hands_never_hold_one_parameter_and_the_editors_is_not_the_pages() {
    let mut page = Desk::new();
    let (mut editor, mut receiver) = edit_queue(&page.shared, Source::Editor);
    assert!(editor.edit(0, Begin) && editor.edit(0, Perform(0.7)));
    page.take(0, Begin);
    assert_eq!(page.refused(), 1, "the editor holds it");
    page.take(1, Begin);
    assert_eq!(page.applied_edits(), [(1, Begin)], "another one is free");
    assert!(editor.edit(0, End));
    page.take(0, Begin);
    assert_eq!(page.refused(), 2, "the host does not know yet that it was let go");
    let applied = page.sender.applied();
    receiver.drain(|_| true);
    assert_eq!(page.sender.applied(), applied, "what the editor did is none of the page's steps");
    page.take(0, Begin);
    assert_eq!((page.applied_edits(), page.refused()), (vec![(0, Begin)], 2));
    assert!(!editor.edit(0, Begin), "now it is the page's");
    assert!(!editor.edit(99, Begin) && !editor.edit(0, End));
}

#[test]
fn a_quick_gesture_begins_before_the_host_has_the_end_of_the_one_before() {
    let mut page = Desk::new();
    let (mut editor, mut receiver) = edit_queue(&page.shared, Source::Editor);
    // Two notches of a wheel between two process calls.
    let steps = [Begin, Perform(1.01), End, Begin, Perform(1.02), End];
    assert!(steps.iter().all(|step| editor.edit(0, *step)));
    let mut applied = Vec::new();
    receiver.drain(|edit| {
        applied.push(edit.phase);
        applied.len() < 4
    });
    assert_eq!(applied, steps[..4]);
    page.take(0, Begin);
    assert_eq!(page.refused(), 1, "the host has the first gesture alone");
    receiver.drain(|_| true);
    page.take(0, Begin);
    assert_eq!((page.applied_edits(), page.refused()), (vec![(0, Begin)], 1), "now it is free");
}

#[test]
fn a_queue_that_ends_holds_nothing() {
    let page = Desk::new();
    let (mut editor, receiver) = edit_queue(&page.shared, Source::Editor);
    assert!([Begin, End, Begin].iter().all(|step| editor.edit(0, *step)));
    let mut next = edit_queue(&page.shared, Source::Page);
    assert!(!next.0.edit(0, Begin), "control");
    // With one gesture that was never applied, and one that was never ended.
    drop(editor);
    assert!(!next.0.edit(0, Begin), "the host may yet get them");
    drop(receiver);
    assert!(next.0.edit(0, Begin));
}

#[test]
fn of_two_sources_at_once_exactly_one_takes_hold() {
    const ROUNDS: usize = 1_000;
    let shared = Desk::new().shared;
    let (arrived, holders) = (AtomicUsize::new(0), AtomicUsize::new(0));
    // Both go on at once: a barrier that sleeps would wake one long after the other.
    let meet = |count: usize| {
        arrived.fetch_add(1, SeqCst);
        for spins in 1.. {
            if arrived.load(SeqCst) >= count {
                return;
            }
            if spins % 1000 == 0 {
                std::thread::yield_now();
            }
        }
    };
    let play = |source: Source| {
        let (mut editor, mut applied) = edit_queue(&shared, source);
        for round in 0..ROUNDS {
            meet(6 * round + 2);
            let holds = editor.edit(0, Begin);
            holders.fetch_add(usize::from(holds), SeqCst);
            meet(6 * round + 4);
            let count = holders.load(SeqCst) - round;
            assert!(count == 1, "round {round}: {count} hold it");
            editor.end_stream();
            applied.drain(|_| true);
            meet(6 * round + 6);
        }
    };
    std::thread::scope(|scope| {
        let sources = [Source::Page, Source::Editor].map(|source| {
            scope.spawn({
                let play = &play;
                move || play(source)
            })
        });
        sources.into_iter().for_each(|source| source.join().unwrap());
    });
}
