//! A host that jumps, a link that dies and a service that draws anew and looks ahead, with everything under way for as long
//! as chance will have it: what is heard stays in order, and a service that keeps to the protocol is never refused.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use proptest::prelude::*;
use simmer_core::{
    Block, BlockHeader, Cell, Decision, EpochTracker, Message, Place, Start, StartMode, Taken, Window,
    limits::CELL_FRAMES,
};
use simmer_link::{Book, ChunkPlace, Verdict};
use std::collections::VecDeque;

const BLOCK: i64 = 64;

/// What audio is of: it is heard in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Origin {
    stream: u32,
    epoch: u32,
    revision: u32,
}

/// Audio that a service has drawn: each frame says which, and its origin and seed are kept aside.
#[derive(Default)]
struct Drawn(Vec<(Origin, u32)>);

impl Drawn {
    fn id(&mut self, origin: Origin, seed: u32) -> usize {
        self.0.push((origin, seed));
        self.0.len() - 1
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Ahead {
    epoch: u32,
    root: i64,
    end: i64,
    seed: u32,
}

/// A service that keeps to docs/protocol.md.
#[derive(Default)]
struct Service {
    stream: u32,
    start: Option<Start>,
    next: i64,
    revision: u32,
    splice: i64,
    /// Behind what was sent of any revision of the epoch.
    reach: i64,
    prelude: Option<Ahead>,
    /// Its preludes are out of date as soon as they are sent.
    doubts: bool,
    playhead: i64,
    inbox: VecDeque<Message>,
    outbox: VecDeque<(ChunkPlace, usize)>,
}

impl Service {
    fn hear(&mut self, count: usize) {
        for _ in 0..count {
            match self.inbox.pop_front() {
                None => return,
                Some(Message::Start(start)) => {
                    let it = self
                        .prelude
                        .take()
                        .filter(|p| (p.epoch, p.root, p.seed) == (start.epoch, start.root, start.seed))
                        .filter(|_| !self.doubts);
                    self.next = it.map_or(start.root, |prelude| prelude.end);
                    self.reach = self.next;
                    (self.start, self.revision, self.splice, self.playhead) = (Some(start), 0, start.root, start.root);
                }
                Some(Message::Block(Block { header, .. })) => {
                    let BlockHeader { epoch, revision, .. } = header;
                    assert_eq!(Some(epoch), self.start.map(|start| start.epoch));
                    assert!(revision <= self.revision, "played from what was never drawn");
                    self.playhead = header.start + BLOCK;
                    // It was refused: the playhead was beyond its splice.
                    if revision < self.revision && header.start > self.splice {
                        self.revise(BLOCK * 4);
                    }
                }
            }
        }
    }

    /// Begins a newer revision, anywhere in what was sent: where it follows on a refused one, that may be further on.
    fn revise(&mut self, ahead: i64) {
        let Some(start) = self.start else { return };
        self.revision += 1;
        self.next = (self.playhead + ahead).clamp(start.root, self.reach.max(start.root));
        self.splice = self.next;
    }

    /// The next chunk, after a gap where nothing was drawn.
    fn send(&mut self, gap: i64, count: usize, drawn: &mut Drawn) {
        let Some(start) = self.start else { return };
        let origin = Origin { stream: self.stream, epoch: start.epoch, revision: self.revision };
        self.next += gap;
        let chunk = ChunkPlace {
            epoch: start.epoch,
            start: self.next,
            frame_count: count,
            gap: gap as i32,
            revision: self.revision,
            prelude_root: None,
        };
        self.outbox.push_back((chunk, drawn.id(origin, start.seed)));
        self.next += count as i64;
        self.reach = self.reach.max(self.next);
    }

    fn send_prelude(&mut self, root: i64, count: usize, anew: bool, drawn: &mut Drawn) {
        let Some(start) = self.start else { return };
        let epoch = start.epoch + 1;
        let same = self.prelude.filter(|prelude| !anew && (prelude.epoch, prelude.root) == (epoch, root));
        let from = same.map_or(root, |prelude| prelude.end);
        let end = from + count as i64;
        self.prelude = Some(Ahead { epoch, root, end, seed: start.seed });
        let chunk =
            ChunkPlace { epoch, start: from, frame_count: count, prelude_root: Some(root), ..ChunkPlace::default() };
        let origin = Origin { stream: self.stream, epoch, revision: 0 };
        self.outbox.push_back((chunk, drawn.id(origin, start.seed)));
    }
}

/// The audio thread's half of the shim.
struct Host {
    tracker: EpochTracker,
    window: Window,
    cells: VecDeque<Cell>,
    frame: i64,
    seed: u32,
    /// What was heard last in this epoch, and the newest revision that was played.
    heard: Option<(Origin, u32)>,
}

impl Host {
    fn take_in(&mut self, count: usize) {
        for _ in 0..count {
            let Some(cell) = self.cells.pop_front() else { return };
            if let Taken::Foreseen(epoch, place) = self.window.take(&cell, self.frame) {
                self.tracker.foresee(epoch, place);
            }
        }
    }

    /// Plays a block; returns what is said, and how many of its frames were there.
    fn play(&mut self, drawn: &Drawn) -> (Vec<Message>, i64) {
        let place = Place { frame: self.frame, seed: self.seed, offline: false, start_mode: StartMode::Continue };
        let mut said = Vec::new();
        if let Decision::Start(start) = self.tracker.play(place, BLOCK as usize) {
            self.window.begin(&start);
            self.heard = None;
            said.push(Message::Start(start));
        }
        let revision = self.window.revision();
        let header = BlockHeader {
            epoch: self.tracker.epoch(),
            start: self.frame,
            frame_count: BLOCK as u32,
            playing: true,
            revision,
            ..BlockHeader::default()
        };
        said.push(Message::Block(Block { header, ..Block::default() }));
        let mut there = 0;
        for frame in self.frame..self.frame + BLOCK {
            let Some([id, place]) = self.window.read(frame) else { continue };
            there += 1;
            let (origin, seed) = drawn.0[id as usize];
            assert_eq!((place as i64, seed), (frame, self.seed), "of another place or take");
            if let Some((before, old)) = self.heard {
                assert!(origin >= before, "{before:?} was heard, and then {origin:?} at {frame}");
                assert!(revision >= old, "revisions fall");
            }
            self.heard = Some((origin, revision));
        }
        self.frame += BLOCK;
        (said, there)
    }
}

#[derive(Clone, Debug)]
enum Act {
    Play(usize),
    Jump(i64, u32),
    /// So many messages arrive at the service.
    ToService(usize),
    /// So many chunks arrive at the link.
    ToShim(usize),
    Send(i64, usize),
    Revise(i64),
    Prelude(i64, usize, bool),
    Doubt(bool),
    Reconnect,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => (0usize..6).prop_map(Act::Play),
        2 => (0i64..3, 1u32..3).prop_map(|(root, seed)| Act::Jump(root * 200, seed)),
        8 => (1usize..6).prop_map(Act::ToService),
        8 => (1usize..6).prop_map(Act::ToShim),
        8 => (prop_oneof![5 => Just(0i64), 1 => 1i64..100], 1usize..400).prop_map(|(gap, count)| Act::Send(gap, count)),
        3 => (-100i64..300).prop_map(Act::Revise),
        4 => (0i64..3, 1usize..300, prop::bool::weighted(0.2)).prop_map(|(root, n, anew)| Act::Prelude(root * 200, n, anew)),
        1 => any::<bool>().prop_map(Act::Doubt),
        1 => Just(Act::Reconnect),
    ]
}

struct Stage {
    host: Host,
    book: Book,
    service: Service,
    drawn: Drawn,
}

impl Stage {
    fn act(&mut self, act: Act) {
        let Stage { host, book, service, drawn } = self;
        match act {
            Act::Play(cells) => {
                host.take_in(cells);
                let (said, _) = host.play(drawn);
                said.into_iter().for_each(|message| book.record(message));
                service.inbox.extend(std::iter::from_fn(|| book.next_outgoing()));
            }
            Act::Jump(frame, seed) => (host.frame, host.seed) = (frame, seed),
            Act::ToService(count) => service.hear(count),
            Act::ToShim(count) => {
                for _ in 0..count {
                    let Some((chunk, id)) = service.outbox.pop_front() else { return };
                    match book.judge(chunk) {
                        Verdict::Refuse(why) => panic!("{why}: {chunk:?}"),
                        Verdict::Ignore => {}
                        Verdict::Take { from, label } => {
                            assert_eq!(from, chunk.start);
                            for start in (chunk.start..chunk.end()).step_by(CELL_FRAMES) {
                                let count = (chunk.end() - start).min(CELL_FRAMES as i64);
                                let mut cell = Cell {
                                    epoch: label.epoch,
                                    revision: label.revision,
                                    restarts: label.restarts,
                                    prelude: label.prelude,
                                    start,
                                    frame_count: count as u16,
                                    ..Cell::default()
                                };
                                for (slot, frame) in cell.frames.iter_mut().zip(start..) {
                                    *slot = [id as f32, frame as f32];
                                }
                                host.cells.push_back(cell);
                            }
                        }
                    }
                }
            }
            Act::Send(gap, count) => service.send(gap, count, drawn),
            Act::Revise(ahead) => service.revise(ahead),
            Act::Prelude(root, count, anew) => service.send_prelude(root, count, anew, drawn),
            Act::Doubt(doubts) => service.doubts = doubts,
            Act::Reconnect => {
                *service = Service { stream: service.stream + 1, ..Service::default() };
                book.on_link_lost();
                book.on_link().unwrap();
                service.inbox.extend(std::iter::from_fn(|| book.next_outgoing()));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_heard_is_in_order_and_comes_back(acts in prop::collection::vec(act(), 1..120)) {
        let mut book = Book::default();
        book.on_link().unwrap();
        let host = Host {
            tracker: EpochTracker::default(),
            window: Window::new(),
            cells: VecDeque::new(),
            frame: 0,
            seed: 1,
            heard: None,
        };
        let service = Service { stream: 1, ..Service::default() };
        let mut stage = Stage { host, book, service, drawn: Drawn::default() };
        for act in acts {
            stage.act(act);
        }
        // Nothing is under way any longer: the service hears each block and renders far enough ahead.
        let mut there = 0;
        let given_up_on = stage.service.next.max(stage.host.frame);
        while stage.host.frame <= given_up_on + 8 * BLOCK {
            stage.act(Act::ToService(usize::MAX));
            // What it has missed it gives up on.
            let gap = (stage.host.frame - stage.service.next).max(0);
            stage.act(Act::Send(gap, 1));
            let ahead = stage.host.frame + 4 * BLOCK - stage.service.next;
            stage.act(Act::Send(0, ahead.max(1) as usize));
            stage.act(Act::ToShim(usize::MAX));
            stage.host.take_in(usize::MAX);
            let (said, found) = stage.host.play(&stage.drawn);
            there = found;
            said.into_iter().for_each(|message| stage.book.record(message));
            while let Some(outgoing) = stage.book.next_outgoing() {
                stage.service.inbox.push_back(outgoing);
            }
        }
        prop_assert_eq!(there, BLOCK, "the audio has come back");
    }
}
