//! A host that plays at places where nothing can be rendered: silence that is counted, and audio again when it is back.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use simmer_core::limits::SONG_FRAME_MAX;
use simmer_core::parameter::{RENDER_WAIT, RUN};
use simmer_core::*;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};

const BLOCK: usize = 256;

struct Stage {
    engine: Engine,
    shared: Arc<Shared>,
    inlet: Inlet,
    cells: Arc<Mutex<CellSender>>,
}

impl Stage {
    fn new() -> Stage {
        let Queues { outlet, inlet, cell_sender, cell_receiver } = queues();
        let shared = Arc::new(Shared::new());
        shared.service.set_link_status(LinkStatus::Ready);
        shared.inputs.set_pending(RENDER_WAIT, 2.0);
        let cells = Arc::new(Mutex::new(cell_sender));
        let answering = cells.clone();
        // Whoever waits waits for the first block of the song.
        let wake: Wake = Arc::new(move || give(&answering, 1, 0));
        let mut engine = Engine::new(shared.clone(), outlet, cell_receiver, Arc::new(Bell::default()), wake);
        engine.prepare(48_000.0);
        Stage { engine, shared, inlet, cells }
    }

    fn call(&mut self, transport: Transport, offline: bool) -> Vec<f32> {
        self.engine.begin(Call { frame_count: BLOCK, transport, offline, ..Call::default() });
        self.engine.points_done();
        self.engine.run(0, BLOCK, false);
        self.engine.end();
        self.engine.out()[0][..BLOCK].to_vec()
    }

    fn play(&mut self, frame: i64) -> Vec<f32> {
        self.call(Transport { position: Some(frame), playing: true, ..Transport::default() }, false)
    }

    /// Starts and first frames of what was said since the last time.
    fn said(&mut self) -> Vec<i64> {
        let said = std::iter::from_fn(|| self.inlet.pop());
        said.filter_map(|message| match message {
            Message::Block(block) => Some(block.header.start),
            Message::Start(_) => None,
        })
        .collect()
    }

    /// Audio for a block, before it is played.
    fn give(&mut self, epoch: u32, start: i64) {
        give(&self.cells, epoch, start);
    }

    fn missed(&self) -> (i64, i64) {
        let Counters { underrun_frames, offline_miss_frames, .. } = &self.shared.played.counters;
        (underrun_frames.load(Relaxed), offline_miss_frames.load(Relaxed))
    }
}

fn give(cells: &Mutex<CellSender>, epoch: u32, start: i64) {
    let cell = Cell { epoch, start, frame_count: BLOCK as u16, frames: [[0.25; 2]; BLOCK], ..Cell::default() };
    assert!(cells.lock().unwrap().push(&cell));
}

const LAST: i64 = SONG_FRAME_MAX - BLOCK as i64;

#[test]
fn the_last_block_of_the_song_is_played_and_the_next_one_is_counted_silence() {
    let mut stage = Stage::new();
    stage.play(LAST - BLOCK as i64);
    stage.give(1, LAST);
    assert_eq!(stage.play(LAST)[128..], [0.25; BLOCK - 128], "up to its last frame");
    assert_eq!(stage.said(), [LAST - BLOCK as i64, LAST]);
    let (missed, _) = stage.missed();
    let tail = stage.play(SONG_FRAME_MAX);
    assert!(tail[0] > 0.0 && tail[..64].is_sorted_by(|a, b| a >= b), "faded: {:?}", &tail[..64]);
    assert_eq!(tail[64..], [0.0; BLOCK - 64]);
    for frame in [LAST + 1, i64::MAX, i64::MIN, -SONG_FRAME_MAX - 1] {
        assert_eq!(stage.play(frame), [0.0; BLOCK], "{frame}");
    }
    assert_eq!(stage.missed(), (missed + 5 * BLOCK as i64, 0));
    assert_eq!(stage.engine.status(), Status::Behind);
    assert!(stage.said().is_empty(), "the service hears of no such place");
    let mut known = MissesKnown::default();
    let places = stage.shared.played.misses.since(&mut known);
    assert!(places.iter().all(|stretch| stretch.to <= SONG_FRAME_MAX), "nor in a report: {places:?}");
    assert!(stage.shared.played.playhead.load(Relaxed) <= SONG_FRAME_MAX);
}

#[test]
fn a_host_that_comes_back_is_heard_again() {
    let mut stage = Stage::new();
    stage.play(SONG_FRAME_MAX + 1000);
    stage.play(0);
    stage.give(1, BLOCK as i64);
    assert_eq!(stage.play(BLOCK as i64)[128..], [0.25; BLOCK - 128]);
    assert_eq!(stage.said(), [0, BLOCK as i64]);
}

#[test]
fn a_bounce_beyond_the_song_fails_at_once_and_one_within_it_does_not() {
    let mut stage = Stage::new();
    stage.shared.inputs.set_pending(RENDER_WAIT, 1.0);
    let at = |frame| Transport { position: Some(frame), playing: true, ..Transport::default() };
    assert_eq!(stage.call(at(SONG_FRAME_MAX), true), [0.0; BLOCK]);
    assert!(stage.engine.has_failed());
    assert_eq!(stage.missed(), (0, BLOCK as i64));
    assert_eq!(GiveUp::from_code(stage.shared.played.gave_up.load(Relaxed)), Some(GiveUp::Beyond));
    assert_eq!(stage.call(at(0), true), [0.25; BLOCK]);
    assert!(!stage.engine.has_failed());
    assert_eq!(stage.missed(), (0, BLOCK as i64));
}

#[test]
fn one_that_stands_there_misses_nothing_and_free_run_ends_there() {
    let mut stage = Stage::new();
    stage.call(Transport { position: Some(SONG_FRAME_MAX + 1), ..Transport::default() }, false);
    assert_eq!(stage.missed(), (0, 0));
    // Where it stands free-run begins.
    stage.call(Transport { position: Some(LAST), ..Transport::default() }, false);
    stage.said();
    stage.shared.inputs.set_pending(RUN, 1.0);
    let nowhere = Transport::default();
    stage.call(nowhere, false);
    let (missed, _) = stage.missed();
    assert_eq!(stage.said(), [LAST]);
    stage.call(nowhere, false);
    assert!(stage.said().is_empty());
    assert_eq!(stage.missed().0, missed + BLOCK as i64);
    stage.call(Transport { position: Some(0), playing: true, ..nowhere }, false);
    assert_eq!(stage.said(), [0], "until the host says where it is");
}
