//! What is said on the wire, and what is believed of it.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use proptest::prelude::*;
use simmer_core::{BlockHeader, Message, Place, Start, StartMode};
use simmer_link::{Book, ChunkPlace, Label, Outgoing, Verdict};

fn start(epoch: u32, root: i64, exact: bool) -> Message {
    Message::Start(Start { epoch, root, seed: 1, exact, start_mode: StartMode::Continue })
}

fn block(epoch: u32, start: i64, frame_count: u32) -> Message {
    let header = BlockHeader { epoch, start, frame_count, playing: true, ..BlockHeader::default() };
    Message::Block { header, temperature: Vec::new(), guide: vec![0.5; 2 * frame_count as usize] }
}

/// Everything there is to say, in short: (epoch, start frame of a block) or (epoch, root, resume).
fn said(book: &mut Book) -> Vec<(u32, i64, Option<i64>)> {
    std::iter::from_fn(|| book.next_outgoing())
        .map(|outgoing| match outgoing {
            Outgoing::Start { start, resume } => (start.epoch, start.root, Some(resume)),
            Outgoing::Block { epoch, block, .. } => (epoch, block.header.start, None),
        })
        .collect()
}

/// A chunk's place.
fn at(epoch: u32, start: i64, frame_count: usize, gap: i32) -> ChunkPlace {
    ChunkPlace { epoch, start, frame_count, gap, revision: 0, prelude_root: None }
}

/// Taken as that epoch's first revision.
fn take(epoch: u32, from: i64) -> Verdict {
    Verdict::Take { from, label: Label { epoch, ..Label::default() } }
}

#[test]
fn an_exact_passage_is_said_again_from_its_root() {
    let mut book = Book::default();
    book.on_link().unwrap();
    for message in [start(5, -256, true), block(5, -256, 512), block(5, 256, 512)] {
        book.record(message);
    }
    assert_eq!(said(&mut book), [(1, -256, Some(-256)), (1, -256, None), (1, 256, None)]);
    assert_eq!(book.judge(at(1, 0, 256, 0)), take(5, 0));
    book.on_link_lost();
    book.record(block(5, 768, 512));
    book.on_link().unwrap();
    assert_eq!(said(&mut book), [(2, -256, Some(256)), (2, -256, None), (2, 256, None), (2, 768, None)]);
    assert_eq!(book.judge(at(1, 256, 256, 0)), Verdict::Ignore, "of the old link");
    assert_eq!(book.judge(at(2, 256, 1024, 0)), take(5, 256));
}

#[test]
fn playback_starts_again_at_the_newest_block() {
    let mut book = Book::default();
    book.record(start(1, 0, false));
    for k in 0..100 {
        book.record(block(1, k * 64, 64));
    }
    book.on_link().unwrap();
    assert_eq!(said(&mut book), [(1, 99 * 64, Some(99 * 64)), (1, 99 * 64, None)]);
    book.record(block(1, 6400, 64));
    assert_eq!(said(&mut book), [(1, 6400, None)]);
    assert_eq!(book.judge(at(1, 99 * 64, 1000, 0)), take(1, 99 * 64));
    assert!(matches!(book.judge(at(1, 99 * 64 + 1001, 10, 0)), Verdict::Refuse(_)), "one frame left out");
    assert_eq!(book.judge(at(1, 99 * 64 + 1010, 10, 10)), take(1, 99 * 64 + 1010));
    assert!(matches!(book.judge(at(1, 6500, 10, 0)), Verdict::Refuse(_)), "back, in the same revision");
}

#[test]
fn a_new_passage_makes_the_old_one_silent() {
    let mut book = Book::default();
    book.on_link().unwrap();
    book.record(start(1, 0, false));
    book.record(block(1, 0, 64));
    assert_eq!(said(&mut book).len(), 2);
    book.record(start(2, 5000, false));
    assert_eq!(book.judge(at(1, 0, 64, 0)), Verdict::Ignore, "told of nothing newer yet");
    book.record(block(1, 64, 64));
    book.record(block(2, 5000, 64));
    assert_eq!(said(&mut book), [(2, 5000, Some(5000)), (2, 5000, None)]);
    assert_eq!(book.judge(at(1, 64, 64, 0)), Verdict::Ignore);
    assert!(matches!(book.judge(at(3, 5000, 64, 0)), Verdict::Refuse(_)), "never started");
}

#[test]
fn a_passage_too_long_to_be_said_again_is_refused_not_shortened() {
    let mut book = Book::default();
    book.on_link().unwrap();
    book.record(start(1, 0, true));
    for k in 0..2100 {
        book.record(block(1, k * 8192, 8192));
        while book.next_outgoing().is_some() {}
    }
    assert_eq!(book.judge(at(1, 0, 8192, 0)), take(1, 0), "while the link holds, all is well");
    book.on_link_lost();
    assert_eq!(book.on_link(), Err(1));
}

proptest! {
    /// Whatever a service claims in an exact epoch, what is taken is contiguous and was delivered.
    #[test]
    fn exact_audio_is_contiguous(claims in prop::collection::vec((0u32..3, -100i64..3000, 1usize..1200, 0i32..2), 0..60)) {
        let mut book = Book::default();
        book.on_link().unwrap();
        book.record(start(1, 0, true));
        for k in 0..4 {
            book.record(block(1, k * 512, 512));
        }
        let _ = said(&mut book);
        let mut reached = 0;
        for (epoch, at, count, gap) in claims {
            if let Verdict::Take { from, label } = book.judge(ChunkPlace { epoch, start: at, frame_count: count, gap, ..ChunkPlace::default() }) {
                prop_assert_eq!((label, from), (Label { epoch: 1, ..Label::default() }, reached));
                prop_assert!(at <= reached);
                reached = at + count as i64;
                prop_assert!(reached <= 2048);
            }
        }
    }
}
