//! What is said on the wire, and what is believed of it.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use proptest::prelude::*;
use simmer_core::{Block, BlockHeader, Message, Place, Start, StartMode};
use simmer_link::{Book, ChunkPlace, Label, Verdict};

fn start(epoch: u32, root: i64, offline: bool) -> Message {
    Message::Start(Start { epoch, root, seed: 1, offline, resume: root, ..Start::default() })
}

fn block(epoch: u32, start: i64, frame_count: u32) -> Message {
    let header = BlockHeader { epoch, start, frame_count, playing: true, ..BlockHeader::default() };
    Message::Block(Block { header, guide: vec![0.5; 2 * frame_count as usize], ..Block::default() })
}

/// Everything there is to say, in short: (epoch, start frame of a block) or (epoch, root, resume).
fn said(book: &mut Book) -> Vec<(u32, i64, Option<i64>)> {
    std::iter::from_fn(|| book.next_outgoing())
        .map(|message| match message {
            Message::Start(start) => (start.epoch, start.root, Some(start.resume)),
            Message::Block(block) => (block.header.epoch, block.header.start, None),
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
fn an_offline_passage_is_said_again_from_its_root() {
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
fn playback_after_a_lost_link_resumes_and_after_a_jump_does_not() {
    let mut book = Book::default();
    book.on_link().unwrap();
    let resumes = |book: &mut Book| match book.next_outgoing() {
        Some(Message::Start(start)) => start.resumes,
        other => panic!("{other:?}"),
    };
    book.record(start(1, 0, false));
    book.record(block(1, 0, 64));
    assert!(!resumes(&mut book), "a passage that begins");
    while book.next_outgoing().is_some() {}
    book.on_link_lost();
    book.on_link().unwrap();
    book.record(block(1, 64, 64));
    assert!(resumes(&mut book));
    book.record(start(2, 128, false));
    book.record(block(2, 128, 64));
    assert!(!resumes(&mut book), "wherever it begins");
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

/// A book whose link has been told of this epoch of playback, and of one block of it.
fn playing(epoch: u32, root: i64) -> Book {
    let mut book = Book::default();
    book.on_link().unwrap();
    book.record(start(epoch, root, false));
    book.record(block(epoch, root, 64));
    assert_eq!(said(&mut book).len(), 2);
    book
}

fn revision(revision: u32, start: i64, frame_count: usize) -> ChunkPlace {
    ChunkPlace { revision, ..at(1, start, frame_count, 0) }
}

fn prelude(epoch: u32, root: i64, start: i64, frame_count: usize) -> ChunkPlace {
    ChunkPlace { prelude_root: Some(root), ..at(epoch, start, frame_count, 0) }
}

#[test]
fn only_a_newer_revision_goes_back() {
    for (chunks, refused) in [
        (vec![revision(0, 100, 50), revision(0, 150, 50)], None),
        (vec![revision(0, 100, 50), revision(0, 149, 50)], Some(1)),
        (vec![revision(0, 100, 50), revision(1, 120, 50), revision(1, 170, 9)], None),
        (vec![revision(0, 100, 50), revision(1, 120, 50), revision(1, 150, 9)], Some(2)),
        (vec![revision(0, 100, 50), revision(1, 120, 50), revision(0, 170, 9)], Some(2)),
        (vec![revision(0, 100, 50), revision(7, 150, 50)], None),
        (vec![revision(0, 100, 50), revision(1, 151, 50)], Some(1)),
        (vec![revision(0, 100, 50), revision(1, 99, 50)], Some(1)),
        (vec![ChunkPlace { gap: 10, ..revision(0, 110, 50) }], None),
        (vec![ChunkPlace { gap: 10, ..revision(0, 111, 50) }], Some(0)),
        (vec![ChunkPlace { gap: 10, ..revision(0, 109, 50) }], Some(0)),
        // A splice whose first frames were given up; and one into what the audio thread has if it refused the one before.
        (vec![revision(0, 100, 50), ChunkPlace { gap: 10, ..revision(1, 130, 50) }], None),
        (vec![revision(0, 100, 50), ChunkPlace { gap: 10, ..revision(1, 161, 50) }], Some(1)),
        (vec![revision(0, 100, 500), revision(1, 120, 50), revision(2, 600, 10)], None),
        (vec![revision(0, 100, 500), revision(1, 120, 50), revision(2, 601, 10)], Some(2)),
        (vec![revision(0, 100, 500), revision(1, 120, 50), revision(1, 600, 10)], Some(2)),
        (vec![ChunkPlace { gap: -1, ..revision(0, 100, 50) }], Some(0)),
    ] {
        let mut book = playing(1, 100);
        let first_refused = chunks.iter().position(|chunk| matches!(book.judge(*chunk), Verdict::Refuse(_)));
        assert_eq!(first_refused, refused, "{chunks:?}");
    }
}

#[test]
fn an_offline_epoch_has_neither_revisions_nor_preludes() {
    let mut book = Book::default();
    book.on_link().unwrap();
    book.record(start(1, 0, true));
    book.record(block(1, 0, 512));
    let _ = said(&mut book);
    assert!(matches!(book.judge(revision(1, 0, 64)), Verdict::Refuse(_)));
    assert!(matches!(book.judge(prelude(2, 0, 0, 64)), Verdict::Refuse(_)));
    assert_eq!(book.judge(revision(0, 0, 64)), take(1, 0), "the control");
}

#[test]
fn revisions_rise_across_links_and_begin_anew_on_each() {
    let mut book = playing(4, 0);
    let label = |revision, restarts| Label { epoch: 4, revision, restarts, prelude: None };
    assert_eq!(book.judge(at(1, 0, 500, 0)), Verdict::Take { from: 0, label: label(0, false) });
    let third = ChunkPlace { revision: 3, ..at(1, 200, 500, 0) };
    assert_eq!(book.judge(third), Verdict::Take { from: 200, label: label(3, false) });
    book.on_link_lost();
    book.record(block(4, 64, 64));
    book.on_link().unwrap();
    let header = BlockHeader { epoch: 4, start: 128, frame_count: 64, playing: true, ..BlockHeader::default() };
    for revision in [3, 4, 6] {
        let header = BlockHeader { revision, ..header };
        book.record(Message::Block(Block { header, ..Block::default() }));
    }
    let told: Vec<_> = std::iter::from_fn(|| book.next_outgoing())
        .map(|message| match message {
            Message::Start(start) => (start.epoch, None),
            Message::Block(Block { header, .. }) => (header.epoch, Some(header.revision)),
        })
        .collect();
    assert_eq!(told[0], (2, None));
    // This link's revision 0 is the audio thread's 4, as soon as something of it was taken; before that all is its 0.
    assert_eq!(told[1..], [(2, Some(0)), (2, Some(0)), (2, Some(0)), (2, Some(2))]);
    assert_eq!(book.judge(at(2, 64, 500, 0)), Verdict::Take { from: 64, label: label(4, true) });
    let second = ChunkPlace { revision: 2, ..at(2, 300, 500, 0) };
    assert_eq!(book.judge(second), Verdict::Take { from: 300, label: label(6, false) }, "it knows what it replaces");
    book.on_link_lost();
    book.on_link().unwrap();
    book.record(block(4, 256, 64));
    let _ = said(&mut book);
    assert_eq!(book.judge(at(3, 256, 9, 0)), Verdict::Take { from: 256, label: label(7, true) });
}

#[test]
fn a_prelude_is_of_the_next_epoch_contiguous_and_of_a_possible_place() {
    for (chunks, refused) in [
        (vec![prelude(2, 900, 900, 50), prelude(2, 900, 950, 50)], None),
        (vec![prelude(2, 900, 901, 50)], Some(0)),
        (vec![prelude(2, 900, 900, 50), prelude(2, 900, 951, 50)], Some(1)),
        (vec![prelude(2, 900, 900, 50), prelude(2, 900, 949, 50)], Some(1)),
        (vec![prelude(2, 900, 900, 50), prelude(2, 900, 900, 20), prelude(2, 900, 920, 20)], None),
        (vec![prelude(2, 900, 900, 50), prelude(2, 900, 900, 20), prelude(2, 900, 950, 20)], Some(2)),
        (vec![prelude(2, 900, 900, 50), prelude(2, 800, 800, 50), prelude(2, 900, 900, 50)], None),
        (vec![prelude(3, 900, 900, 50)], Some(0)),
        (vec![prelude(2, -1, -1, 50)], Some(0)),
        (vec![prelude(2, i64::MAX - 5, i64::MAX - 5, 50)], Some(0)),
        (vec![ChunkPlace { gap: 1, ..prelude(2, 900, 900, 50) }], Some(0)),
        (vec![ChunkPlace { revision: 1, ..prelude(2, 900, 900, 50) }], Some(0)),
        (vec![prelude(0, 900, 900, 50)], Some(0)),
    ] {
        let mut book = playing(1, 100);
        let first_refused = chunks.iter().position(|chunk| matches!(book.judge(*chunk), Verdict::Refuse(_)));
        assert_eq!(first_refused, refused, "{chunks:?}");
    }
    let mut book = Book::default();
    book.on_link().unwrap();
    assert!(matches!(book.judge(prelude(1, 0, 0, 64)), Verdict::Refuse(_)), "of what would be the first epoch");
    let mut book = playing(7, 100);
    book.on_link_lost();
    book.on_link().unwrap();
    assert!(matches!(book.judge(prelude(2, 0, 0, 64)), Verdict::Refuse(_)), "a new link knows of no epoch yet");
}

#[test]
fn an_epoch_goes_on_where_its_prelude_ends() {
    let place = Place { frame: 900, seed: 1, offline: false, start_mode: StartMode::Continue };
    let ahead = |from| Verdict::Take { from, label: Label { epoch: 8, prelude: Some(place), ..Label::default() } };
    // The audio thread may have the prelude, and is told that this is other audio.
    let anew = |from| Verdict::Take { from, label: Label { epoch: 8, revision: 1, restarts: true, prelude: None } };
    let told = |next: Message, first_block: Message| {
        let mut book = playing(7, 100);
        assert_eq!(book.judge(prelude(2, 900, 900, 50)), ahead(900));
        assert_eq!(book.judge(at(1, 100, 50, 0)), take(7, 100), "between the preludes, the epoch goes on");
        assert_eq!(book.judge(prelude(2, 900, 950, 50)), ahead(950));
        book.record(next);
        book.record(first_block);
        let said = said(&mut book);
        (book, said)
    };
    let (mut book, told_of) = told(start(8, 900, false), block(8, 900, 64));
    assert_eq!(told_of, [(2, 900, Some(900)), (2, 900, None)]);
    assert_eq!(book.judge(prelude(2, 900, 1000, 20)), take(8, 1000), "the last of it was still under way");
    assert_eq!(book.judge(at(2, 1020, 20, 0)), take(8, 1020));
    assert!(matches!(book.judge(at(2, 1000, 20, 0)), Verdict::Refuse(_)), "back");

    let (mut book, told_of) = told(start(9, 500, false), block(9, 500, 64));
    assert_eq!(told_of, [(3, 500, Some(500)), (3, 500, None)], "the wire skips the number as well");
    assert_eq!(book.judge(prelude(2, 900, 1000, 20)), Verdict::Ignore);
    assert_eq!(book.judge(at(3, 500, 20, 0)), take(9, 500));

    // The audio thread had not seen it yet when it began elsewhere, or with another seed.
    let (mut book, told_of) = told(start(8, 500, false), block(8, 500, 64));
    assert_eq!(told_of, [(2, 500, Some(500)), (2, 500, None)]);
    assert_eq!(book.judge(prelude(2, 900, 1000, 20)), Verdict::Ignore);
    assert_eq!(book.judge(at(2, 500, 20, 0)), anew(500));
    let other = Start { epoch: 8, root: 900, seed: 2, ..Start::default() };
    let (mut book, _) = told(Message::Start(other), block(8, 900, 64));
    assert_eq!(book.judge(prelude(2, 900, 1000, 20)), Verdict::Ignore);
    assert_eq!(book.judge(at(2, 900, 20, 0)), anew(900), "from its root");

    // A prelude of another place had replaced it by the time the service heard of the epoch.
    let (mut book, _) = told(start(8, 900, false), block(8, 900, 64));
    assert_eq!(book.judge(prelude(2, 400, 400, 20)), Verdict::Ignore);
    assert_eq!(book.judge(at(2, 900, 20, 0)), anew(900), "from its root, in place of what the audio thread has");

    // It had thought the prelude out of date, or had begun it once more.
    let (mut book, _) = told(start(8, 900, false), block(8, 900, 64));
    assert_eq!(book.judge(at(2, 900, 20, 0)), anew(900));
    assert!(matches!(book.judge(at(2, 900, 20, 0)), Verdict::Refuse(_)), "but only once");
    let (mut book, _) = told(start(8, 900, false), block(8, 900, 64));
    assert_eq!(book.judge(prelude(2, 900, 900, 20)), anew(900));
    assert_eq!(book.judge(at(2, 920, 20, 0)), anew(920));
}

proptest! {
    /// Whatever a service claims in an offline epoch, what is taken is contiguous and was delivered.
    #[test]
    fn offline_audio_is_contiguous(claims in prop::collection::vec((0u32..3, -100i64..3000, 1usize..1200, 0i32..2), 0..60)) {
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
