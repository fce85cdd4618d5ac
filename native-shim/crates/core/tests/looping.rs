//! Where a block is in the song when the loop ends inside it.

use simmer_core::limits::SONG_FRAME_MAX;
use simmer_core::{LoopRange, Looping};

/// The stretches of a block, as (song frame, frames).
fn stretches(looping: &Looping, frame: i64, count: usize) -> Vec<(i64, usize)> {
    let mut stretches = Vec::new();
    let mut at = 0;
    while at < count {
        let (place, straight_on) = looping.at(frame, at);
        let frames = straight_on.min(count - at);
        stretches.push((place, frames));
        at += frames;
    }
    stretches
}

fn block(looping: &mut Looping, frame: i64, count: usize, range: LoopRange) -> Vec<(i64, usize)> {
    looping.begin(Some(frame));
    looping.follow(frame, count, range);
    let stretches = stretches(looping, frame, count);
    looping.end();
    stretches
}

#[test]
fn a_block_goes_on_at_the_loops_start() {
    let range = LoopRange { start: 1000, end: 1500 };
    for (frame, count, expected) in [
        (1400, 256, vec![(1400, 100), (1000, 156)]),
        (900, 1024, vec![(900, 600), (1000, 424)]),
        (1400, 1200, vec![(1400, 100), (1000, 500), (1000, 500), (1000, 100)]),
        (1499, 2, vec![(1499, 1), (1000, 1)]),
        (1244, 256, vec![(1244, 256)]),
        (1243, 256, vec![(1243, 256)]),
        (1500, 256, vec![(1500, 256)]),
        (1600, 256, vec![(1600, 256)]),
    ] {
        assert_eq!(block(&mut Looping::default(), frame, count, range), expected, "{frame} {count}");
    }
}

#[test]
fn no_loop_and_a_very_short_one_are_not_followed() {
    for range in [LoopRange::default(), LoopRange { start: 1000, end: 1063 }, LoopRange { start: 1100, end: 1000 }] {
        assert_eq!(block(&mut Looping::default(), 1000, 256, range), [(1000, 256)], "{range:?}");
    }
    let shortest = LoopRange { start: 1000, end: 1064 };
    assert_eq!(block(&mut Looping::default(), 1000, 100, shortest), [(1000, 64), (1000, 36)], "the control");
}

#[test]
fn a_host_that_goes_straight_on_is_believed_from_then_on() {
    let range = LoopRange { start: 1000, end: 1500 };
    let mut looping = Looping::default();
    assert_eq!(block(&mut looping, 1400, 256, range).len(), 2);
    assert_eq!(block(&mut looping, 1156, 256, range), [(1156, 256)], "it has wrapped");
    assert_eq!(block(&mut looping, 1412, 256, range).len(), 2, "and is expected to do so again");
    assert_eq!(block(&mut looping, 1668, 256, range).len(), 1, "it went straight on");
    assert_eq!(block(&mut looping, 1400, 256, range), [(1400, 256)], "so it is not expected to wrap");
    looping.prepare();
    assert_eq!(block(&mut looping, 1400, 256, range).len(), 2, "but after a new set-up");
}

#[test]
fn a_jump_or_a_stop_after_a_wrap_says_nothing_about_the_host() {
    let range = LoopRange { start: 1000, end: 1500 };
    let mut looping = Looping::default();
    block(&mut looping, 1400, 256, range);
    block(&mut looping, 77, 256, range);
    assert_eq!(block(&mut looping, 1400, 256, range).len(), 2);
    looping.begin(None);
    looping.end();
    assert_eq!(block(&mut looping, 1656, 256, range).len(), 1);
    assert_eq!(block(&mut looping, 1400, 256, range).len(), 2);
}

#[test]
fn a_loop_at_the_edge_of_what_is_believed_does_not_overflow() {
    let range = LoopRange { start: -SONG_FRAME_MAX, end: SONG_FRAME_MAX };
    let stretches = block(&mut Looping::default(), SONG_FRAME_MAX - 10, 8192, range);
    assert_eq!(stretches, [(SONG_FRAME_MAX - 10, 10), (-SONG_FRAME_MAX, 8182)]);
}
