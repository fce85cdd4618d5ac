//! Where audio was missing is told once, whole, in order.

use simmer_core::{Misses, MissesKnown, Stretch};
use std::sync::Arc;
use std::thread;

fn stretch(from: i64, to: i64) -> Stretch {
    Stretch { from, to }
}

#[test]
fn what_is_contiguous_is_one_stretch_and_is_told_again_when_it_grows() {
    let (misses, mut known) = (Misses::default(), MissesKnown::default());
    assert_eq!(misses.since(&mut known), []);
    misses.note(stretch(0, 64));
    misses.note(stretch(64, 128));
    misses.note(stretch(500, 510));
    assert_eq!(misses.since(&mut known), [stretch(0, 128), stretch(500, 510)]);
    assert_eq!(misses.since(&mut known), []);
    misses.note(stretch(510, 600));
    assert_eq!(misses.since(&mut known), [stretch(500, 600)], "it has grown");
    misses.note(stretch(500, 510));
    assert_eq!(misses.since(&mut known), [stretch(500, 510)], "a loop comes by again");
    assert_eq!(misses.since(&mut known), []);
}

#[test]
fn a_reader_that_was_away_gets_the_newest() {
    let (misses, mut known) = (Misses::default(), MissesKnown::default());
    for at in 0..1000 {
        misses.note(stretch(at * 100, at * 100 + 1));
    }
    let told = misses.since(&mut known);
    assert!((16..=32).contains(&told.len()), "{}", told.len());
    assert_eq!(told.last(), Some(&stretch(99_900, 99_901)));
    assert!(told.is_sorted_by_key(|stretch| stretch.from));
}

#[test]
fn two_threads_never_make_a_stretch_that_was_none() {
    let misses = Arc::new(Misses::default());
    let writer = thread::spawn({
        let misses = misses.clone();
        // Stretch k is [10 k, 10 k + k % 7 + 1): a mixture of two is none of these.
        move || (0..200_000_i64).for_each(|k| misses.note(stretch(10 * k, 10 * k + k % 7 + 1)))
    });
    let mut known = MissesKnown::default();
    let mut last = -1;
    while !writer.is_finished() {
        for Stretch { from, to } in misses.since(&mut known) {
            assert_eq!(to, from + (from / 10) % 7 + 1);
            assert!(from > last, "told once");
            last = from;
        }
    }
    assert!(writer.join().is_ok());
}
