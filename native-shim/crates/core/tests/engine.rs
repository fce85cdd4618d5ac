//! Whole process calls, with the test in the place of the link.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use simmer_core::limits::CELL_FRAMES;
use simmer_core::parameter::{
    ARTIST, BLEND, GENRE, GUIDE_AMOUNT, KEEP_TAKE, MIX, RENDER_WAIT, START, TAKE, TEMPERATURE,
};
use simmer_core::*;
use std::sync::{Arc, Mutex, PoisonError};

/// What the link has in its hands.
struct Far {
    inlet: Inlet,
    cells: CellSender,
    said: Vec<Message>,
}

struct Stage {
    engine: Engine,
    shared: Arc<Shared>,
    far: Arc<Mutex<Far>>,
}

fn audio(revision: u32, frame: i64) -> f32 {
    (frame % 4096 + 1) as f32 / 8192.0 + revision as f32 / 100_000.0
}

impl Far {
    fn listen(&mut self) {
        while let Some(message) = self.inlet.pop() {
            self.said.push(message);
        }
    }

    fn send(&mut self, like: Cell, from: i64, to: i64) {
        for start in (from..to).step_by(CELL_FRAMES) {
            let mut cell = Cell { start, frame_count: (to - start).min(CELL_FRAMES as i64) as u16, ..like };
            for (slot, frame) in cell.frames.iter_mut().zip(start..) {
                *slot = [audio(like.revision, frame); 2];
            }
            assert!(self.cells.push(&cell));
        }
    }
}

impl Stage {
    /// A realtime host that runs as fast as it can, and is told not to wait.
    fn new() -> Stage {
        let stage = Stage::that_may_wait();
        stage.shared.inputs.set_pending(RENDER_WAIT, 2.0);
        stage
    }

    /// Whenever it waits, it is given what it waits for.
    fn that_may_wait() -> Stage {
        let Queues { outlet, inlet, cell_sender, cell_receiver } = queues();
        let far = Arc::new(Mutex::new(Far { inlet, cells: cell_sender, said: Vec::new() }));
        let shared = Arc::new(Shared::new());
        shared.service.set_link_status(LinkStatus::Ready);
        let waking = far.clone();
        let wake: Wake = Arc::new(move || {
            let mut far = waking.lock().unwrap_or_else(PoisonError::into_inner);
            far.listen();
            if let Some(Message::Block(Block { header, .. })) = far.said.last().cloned() {
                let cell = Cell { epoch: header.epoch, ..Cell::default() };
                far.send(cell, header.start, header.start + i64::from(header.frame_count));
            }
        });
        let mut engine = Engine::new(shared.clone(), outlet, cell_receiver, Arc::new(Bell::default()), wake);
        engine.prepare(48_000.0);
        Stage { engine, shared, far }
    }

    fn process(&mut self, call: Call, points: &[(usize, u32, f64)]) -> Vec<f32> {
        self.engine.begin(call);
        for (index, offset, value) in points {
            self.engine.lane_mut(*index).unwrap().push(*offset, *value);
        }
        self.engine.points_done();
        self.engine.run(0, call.frame_count, false);
        let out = self.engine.out()[0][..call.frame_count].to_vec();
        self.engine.end();
        out
    }

    fn play(&mut self, frame: i64, count: usize, loop_range: LoopRange) -> Vec<f32> {
        self.process(playing(frame, count, loop_range), &[])
    }

    fn send(&mut self, like: Cell, from: i64, to: i64) {
        self.far.lock().unwrap().send(like, from, to);
    }

    /// What was said since the last time.
    fn said(&mut self) -> Vec<Message> {
        let mut far = self.far.lock().unwrap();
        far.listen();
        std::mem::take(&mut far.said)
    }

    fn whole_blocks(&mut self) -> Vec<Block> {
        let blocks = self.said().into_iter().filter_map(|message| match message {
            Message::Block(block) => Some(block),
            Message::Start(_) => None,
        });
        blocks.collect()
    }

    fn blocks(&mut self) -> Vec<BlockHeader> {
        self.whole_blocks().into_iter().map(|block| block.header).collect()
    }
}

fn playing(frame: i64, frame_count: usize, loop_range: LoopRange) -> Call {
    let transport = Transport { position: Some(frame), playing: true, tempo_bpm: 120.0, loop_range, musical: None };
    Call { frame_count, transport, ..Call::default() }
}

fn of(epoch: u32, revision: u32) -> Cell {
    Cell { epoch, revision, ..Cell::default() }
}

/// What a block says of a lane: its value at the start, and points.
type SaidLane = (f64, Vec<(u32, f64)>);

fn lane_of(block: &Block, index: usize) -> SaidLane {
    let lane = block.lane(index).unwrap();
    (lane.value_at_start, lane.points.iter().map(|point| (point.offset, point.value)).collect())
}

const NO_LOOP: LoopRange = LoopRange { start: 0, end: 0 };

fn expected(revision: u32, frames: std::ops::Range<i64>) -> Vec<f32> {
    frames.map(|frame| audio(revision, frame)).collect()
}

#[test]
fn a_block_says_which_revision_it_was_played_from() {
    let mut stage = Stage::new();
    stage.play(0, 128, NO_LOOP);
    stage.send(of(1, 0), 128, 1024);
    assert_eq!(stage.play(128, 128, NO_LOOP)[64..], expected(0, 192..256));
    stage.send(of(1, 1), 300, 900);
    let heard = stage.play(256, 128, NO_LOOP);
    assert_eq!((&heard[..44], &heard[44..]), (&expected(0, 256..300)[..], &expected(1, 300..384)[..]));
    stage.send(of(1, 2), 383, 900);
    assert_eq!(stage.play(384, 128, NO_LOOP), expected(1, 384..512), "it came too late");
    stage.send(of(1, 3), 600, 700);
    stage.play(512, 128, NO_LOOP);
    let heard = stage.play(640, 128, NO_LOOP);
    assert_eq!(heard[..60], expected(3, 640..700));
    assert_eq!(heard[124..], [0.0; 4], "what revision 1 had there is not heard any more");
    let said: Vec<_> = stage.blocks().iter().map(|block| (block.start, block.revision)).collect();
    assert_eq!(said, [(0, 0), (128, 0), (256, 1), (384, 1), (512, 3), (640, 3)]);
}

#[test]
fn a_loop_is_followed_into_the_block_and_heard_from_its_prelude() {
    let mut stage = Stage::new();
    let range = LoopRange { start: 1000, end: 2000 };
    stage.play(1700, 100, range);
    stage.send(of(1, 0), 1800, 2000);
    let place = Place { frame: 1000, seed: 1, ..Place::default() };
    stage.send(Cell { prelude: Some(place), ..of(2, 0) }, 1000, 1300);
    assert_eq!(stage.play(1800, 100, range)[64..], expected(0, 1864..1900));
    let heard = stage.play(1900, 256, range);
    assert_eq!(heard[..100], expected(0, 1900..2000));
    assert_eq!(heard[164..], expected(0, 1064..1156), "the fade of the cut is over after 64 frames");
    assert!(heard[100..164].iter().zip(expected(0, 1000..1064)).all(|(a, b)| a >= &b), "the tail lies over the audio");
    assert_eq!(stage.play(1156, 100, range), expected(0, 1156..1256), "and on");
    stage.send(of(2, 0), 1300, 1400);
    assert_eq!(stage.play(1256, 100, range), expected(0, 1256..1356), "out of the prelude into its epoch");
    let said: Vec<_> = stage
        .said()
        .into_iter()
        .map(|message| match message {
            Message::Start(start) => (start.epoch, start.root, 0),
            Message::Block(Block { header, .. }) => (header.epoch, header.start, header.frame_count),
        })
        .collect();
    let starts = [(1, 1700, 0), (1, 1700, 100), (1, 1800, 100), (1, 1900, 100)];
    assert_eq!(said[..4], starts);
    assert_eq!(said[4..], [(2, 1000, 0), (2, 1000, 156), (2, 1156, 100), (2, 1256, 100)]);
}

#[test]
fn a_jump_elsewhere_leaves_the_preludes_number_out() {
    let jumps = [(1000, 1.0, 2), (1001, 1.0, 3), (1000, 2.0, 3)];
    // Whether the prelude is there a block before, or comes with the block that jumps.
    for ((jump, seed, epoch), early) in jumps.into_iter().flat_map(|jump| [(jump, true), (jump, false)]) {
        let mut stage = Stage::new();
        stage.play(1700, 100, NO_LOOP);
        let place = Place { frame: 1000, seed: 1, ..Place::default() };
        stage.send(Cell { prelude: Some(place), ..of(2, 0) }, 1000, 1300);
        if early {
            stage.play(1800, 100, NO_LOOP);
        }
        let heard = stage.process(playing(jump, 100, NO_LOOP), &[(TAKE, 0, seed)]);
        assert_eq!(heard[64..] == expected(0, 1064..1100), epoch == 2);
        assert_eq!(heard[99] == 0.0, epoch != 2, "never another place's audio");
        assert_eq!(stage.blocks().last().unwrap().epoch, epoch);
        // The number after a prelude that came to nothing is an ordinary one.
        stage.play(5000, 100, NO_LOOP);
        assert_eq!(stage.blocks().last().unwrap().epoch, epoch + 1);
    }
}

#[test]
fn a_loop_of_64_frames_costs_an_epoch_a_round_and_no_more() {
    let mut stage = Stage::new();
    stage.play(1000, 1024, LoopRange { start: 1000, end: 1064 });
    let blocks = stage.blocks();
    assert_eq!(blocks.len(), 16);
    assert!(
        blocks.iter().zip(1..).all(|(block, epoch)| (block.epoch, block.start, block.frame_count) == (epoch, 1000, 64))
    );
}

#[test]
fn what_is_rendered_does_not_loop() {
    let range = LoopRange { start: 0, end: 100 };
    for (offline, on_setup_thread, splits) in [(true, false, false), (false, true, false), (false, false, true)] {
        let mut stage = Stage::that_may_wait();
        stage.process(Call { offline, on_setup_thread, ..playing(0, 256, range) }, &[]);
        assert_eq!(stage.blocks().len() > 1, splits, "{offline} {on_setup_thread}");
    }
}

#[test]
fn a_block_is_coarse_where_a_bounce_that_says_realtime_gives_one_value() {
    let one = [(TEMPERATURE, 0, 0.5)];
    let (late, two) = ([(TEMPERATURE, 9, 0.5)], [(TEMPERATURE, 0, 0.5), (TEMPERATURE, 256, 0.6)]);
    for (offline, on_setup_thread, points, coarse) in [
        (false, true, &one[..], true),
        (false, true, &[], true),
        (false, true, &late, false),
        (false, true, &two, false),
        (true, true, &one, false),
        (true, false, &one, false),
        (false, false, &one, false),
    ] {
        let mut stage = Stage::that_may_wait();
        stage.process(Call { offline, on_setup_thread, ..playing(0, 256, NO_LOOP) }, &[(TEMPERATURE, 0, 0.75)]);
        stage.process(Call { offline, on_setup_thread, ..playing(256, 256, NO_LOOP) }, points);
        let blocks = stage.whole_blocks();
        let block = blocks.last().unwrap();
        assert_eq!(block.header.coarse, coarse, "{offline} {on_setup_thread} {points:?}");
        let points: Vec<_> = points.iter().map(|(_, offset, value)| (*offset, *value)).collect();
        // Of a coarse block the value of its end; else the value before the call, and the points.
        let said = match points.last() {
            Some((_, end)) if coarse => (*end, vec![]),
            _ => (0.75, points),
        };
        assert_eq!(lane_of(block, TEMPERATURE), said);
    }
}

#[test]
fn the_guide_amount_comes_with_its_points() {
    let mut stage = Stage::that_may_wait();
    let call = |frame| Call { on_setup_thread: true, ..playing(frame, 256, NO_LOOP) };
    stage.process(call(0), &[(GUIDE_AMOUNT, 0, 0.25), (TEMPERATURE, 0, 0.75)]);
    stage.process(call(256), &[(GUIDE_AMOUNT, 100, 0.5), (TEMPERATURE, 0, 0.5), (GUIDE_AMOUNT, 256, 1.0)]);
    let amounts: Vec<_> = stage
        .whole_blocks()
        .iter()
        .map(|block| (lane_of(block, GUIDE_AMOUNT), lane_of(block, TEMPERATURE), block.header.coarse))
        .collect();
    // A host that tells the way of one parameter is not one that gives a value for each block.
    let way = ((0.25, vec![(100, 0.5), (256, 1.0)]), (0.75, vec![(0, 0.5)]), false);
    assert_eq!(amounts, [((0.25, vec![]), (0.75, vec![]), true), way]);
}

#[test]
fn the_first_value_of_a_coarse_epoch_is_its_own() {
    let mut stage = Stage::that_may_wait();
    let call = Call { on_setup_thread: true, ..playing(0, 256, NO_LOOP) };
    stage.process(call, &[(TEMPERATURE, 0, 0.75)]);
    let block = &stage.whole_blocks()[0];
    assert!(block.header.coarse);
    assert_eq!(lane_of(block, TEMPERATURE).0, 0.75, "the one of before is of another place in the song");
}

#[test]
fn keep_and_start_come_from_their_parameters() {
    let mut stage = Stage::new();
    stage.play(0, 100, NO_LOOP);
    stage.process(playing(100, 100, NO_LOOP), &[(KEEP_TAKE, 0, 1.0)]);
    assert!(stage.shared.inputs.set_pending(KEEP_TAKE, 0.0));
    stage.play(200, 100, NO_LOOP);
    assert_eq!(
        stage.blocks().iter().map(|block| (block.epoch, block.keep)).collect::<Vec<_>>(),
        [(1, false), (1, true), (1, false)]
    );
    let modes = [(1.0, StartMode::Fresh), (2.0, StartMode::Exactly), (0.0, StartMode::Continue)];
    for ((plain, mode), frame) in modes.into_iter().zip((300..).step_by(100)) {
        assert!(stage.shared.inputs.set_pending(START, plain));
        stage.play(frame, 50, NO_LOOP);
        stage.play(frame + 50, 50, NO_LOOP);
        let starts: Vec<_> = stage
            .said()
            .into_iter()
            .filter_map(|message| match message {
                Message::Start(start) => Some((start.root, start.start_mode)),
                Message::Block(_) => None,
            })
            .collect();
        assert_eq!(starts, [(frame, mode)], "an epoch starts where the mode changes, and only there");
    }
}

#[test]
fn a_pending_value_is_where_the_lane_starts_before_the_hosts_points() {
    let mut stage = Stage::new();
    stage.play(0, 100, NO_LOOP);
    stage.shared.inputs.set_pending(TEMPERATURE, 0.25);
    stage.process(playing(100, 100, NO_LOOP), &[(TEMPERATURE, 50, 0.75)]);
    let blocks = stage.whole_blocks();
    assert_eq!(lane_of(blocks.last().unwrap(), TEMPERATURE), (0.25, vec![(50, 0.75)]));
    assert_eq!(stage.shared.inputs.value(TEMPERATURE), 0.75, "what the host automates later is newer");
    stage.play(200, 100, NO_LOOP);
    assert_eq!(lane_of(&stage.whole_blocks()[0], TEMPERATURE).0, 0.75, "it is taken up once");
}

#[test]
fn a_missing_model_is_said() {
    let mut stage = Stage::new();
    stage.play(0, 100, NO_LOOP);
    stage.shared.service.set_link_status(LinkStatus::ModelMissing);
    assert_eq!(stage.engine.status(), Status::ModelMissing);
    assert_eq!(
        parameter::PARAMETERS[parameter::STATUS].text(f64::from(Status::ModelMissing as u8), &Labels::default()),
        "Model missing"
    );
    assert!(stage.shared.service.link_view().ready, "its stored audio is worth waiting for");
}

#[test]
fn read_only_parameters_have_no_lane() {
    let mut stage = Stage::new();
    let with_lane: Vec<_> = (0..18).filter(|index| stage.engine.lane_mut(*index).is_some()).collect();
    assert_eq!(with_lane, [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16]);
}

#[test]
fn a_flood_costs_a_bounded_part_of_each_call() {
    let mut stage = Stage::new();
    stage.play(0, 64, NO_LOOP);
    stage.send(of(1, 0), 64, 64 + 100 * CELL_FRAMES as i64);
    for (frame, count, stretches) in [(64, 64, 1), (128, 256, 3)] {
        stage.said();
        let room = stage.far.lock().unwrap().cells.room();
        stage.play(frame, count, LoopRange { start: 64, end: 192 });
        assert_eq!(stage.far.lock().unwrap().cells.room() - room, 32, "cells, however many stretches");
        assert_eq!(stage.blocks().len(), stretches);
    }
}

/// Artist, Genre and Blend of a block.
fn conditions(block: &Block) -> [SaidLane; 3] {
    [ARTIST, GENRE, BLEND].map(|index| lane_of(block, index))
}

#[test]
fn artist_genre_and_blend_arrive_with_their_points() {
    let mut stage = Stage::new();
    stage.process(playing(0, 256, NO_LOOP), &[(ARTIST, 0, 2.0), (GENRE, 100, 1.0)]);
    stage.process(playing(256, 256, NO_LOOP), &[(BLEND, 64, 25.0), (BLEND, 256, 50.0), (ARTIST, 10, 3.0)]);
    let said: Vec<_> = stage.whole_blocks().iter().map(conditions).collect();
    assert_eq!(said[0], [(2.0, vec![(0, 2.0)]), (0.0, vec![(100, 1.0)]), (0.0, vec![])]);
    assert_eq!(said[1], [(2.0, vec![(10, 3.0)]), (1.0, vec![]), (0.0, vec![(64, 25.0), (256, 50.0)])]);
}

#[test]
fn a_coarse_block_says_the_artist_of_its_end() {
    let mut stage = Stage::that_may_wait();
    let call = |frame| Call { on_setup_thread: true, ..playing(frame, 256, NO_LOOP) };
    stage.process(call(0), &[(ARTIST, 0, 1.0), (TEMPERATURE, 0, 0.5)]);
    stage.process(call(256), &[(ARTIST, 0, 3.0), (TEMPERATURE, 0, 0.6)]);
    let blocks = stage.whole_blocks();
    let block = blocks.last().unwrap();
    assert!(block.header.coarse);
    assert_eq!(conditions(block)[0], (3.0, vec![]));
}

#[test]
fn what_is_nearly_zero_leaves_as_zero() {
    let mut stage = Stage::new();
    let nearly = f32::MIN_POSITIVE / 4.0;
    let dry = [nearly, -nearly, 0.0, -0.0, f32::MIN_POSITIVE, 0.25, f32::NAN, f32::INFINITY];
    let still = Call { frame_count: dry.len(), ..Call::default() };
    for buffer in stage.engine.dry_mut() {
        buffer[..dry.len()].copy_from_slice(&dry);
    }
    let out = stage.process(still, &[(MIX, 0, 0.0)]);
    let wanted = [0.0, 0.0, 0.0, 0.0, f32::MIN_POSITIVE, 0.25, 0.0, 0.0];
    assert_eq!(out.iter().map(|value| value.to_bits()).collect::<Vec<_>>(), wanted.map(f32::to_bits));
    // Half of the least normal value is none.
    let out = stage.process(Call { frame_count: dry.len(), ..Call::default() }, &[(MIX, 0, 0.5)]);
    assert_eq!([out[4], out[5]], [0.0, 0.125]);
}
