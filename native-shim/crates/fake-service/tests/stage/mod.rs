//! One instance without a plugin format: the engine, the link, and a runtime folder of its own.
#![allow(dead_code, reason = "not every test uses all of it")]

use simmer_core::{Bell, Call, Engine, LoopRange, Queues, Shared, Source, Transport, edit_queue, parameter, queues};
use simmer_fake_service::{Behaviour, FakeService};
use simmer_link::{Ends, Link, LinkConfig, Notifier, Waker};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
pub const BLOCK: usize = 256;
pub const NO_LOOP: LoopRange = LoopRange { start: 0, end: 0 };

/// One instance in a runtime folder of its own; tests take turns, since the folder is an environment variable.
pub struct Stage {
    folder: PathBuf,
    pub shared: Arc<Shared>,
    pub engine: Engine,
    pub link: Option<Link>,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    pub fn new(name: &str, takes: &[u8]) -> Stage {
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = std::env::temp_dir().join(format!("simmer-fake-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        // SAFETY: tests take turns, and threads of earlier turns, which could read it, have ended.
        unsafe { std::env::set_var("SIMMER_RUNTIME_DIR", &folder) };
        let Queues { outlet, inlet, cell_sender, cell_receiver } = queues();
        let (shared, bell, waker) = (Arc::new(Shared::new()), Arc::new(Bell::default()), Waker::default());
        shared.song.restore_takes(takes);
        // Whatever the machine is busy with, this host plays.
        shared.inputs.set_pending(parameter::RENDER_WAIT, 2.0);
        let mut engine = Engine::new(shared.clone(), outlet, cell_receiver, bell.clone(), waker.wake());
        engine.prepare(48_000.0);
        let link = {
            let (edits, _) = edit_queue(&shared, Source::Page);
            let ends = Ends { inlet, cells: cell_sender, edits, notifier: Notifier::default(), bell };
            Link::start(config(&shared), shared.clone(), ends, waker)
        };
        Stage { folder, shared, engine, link: Some(link), _turn: turn }
    }

    pub fn service(&self, change: impl FnOnce(&mut Behaviour)) -> FakeService {
        let mut behaviour = Behaviour::default();
        change(&mut behaviour);
        FakeService::start(&self.folder, behaviour).unwrap()
    }

    pub fn process(&mut self, transport: Transport) -> Vec<f32> {
        self.engine.begin(Call { frame_count: BLOCK, transport, ..Call::default() });
        self.engine.points_done();
        self.engine.run(0, BLOCK, false);
        let out = self.engine.out()[0][..BLOCK].to_vec();
        self.engine.end();
        out
    }

    pub fn play(&mut self, frame: i64, loop_range: LoopRange) -> Vec<f32> {
        let heard = self.process(Transport {
            position: Some(frame),
            playing: true,
            tempo_bpm: 120.0,
            loop_range,
            musical: None,
        });
        std::thread::sleep(Duration::from_secs_f64(BLOCK as f64 / 48_000.0));
        heard
    }

    /// Plays a block and goes on when the service has heard of it, so that a busy machine is no late service.
    pub fn play_heard(&mut self, service: &FakeService, frame: i64) -> Vec<f32> {
        let heard = self.play(frame, NO_LOOP);
        let started = Instant::now();
        while !service.seen().blocks.last().is_some_and(|block| block.playing && block.start_frame == frame) {
            assert!(started.elapsed() < Duration::from_secs(10), "the block at {frame} was not heard in 10 s");
            std::thread::sleep(Duration::from_millis(1));
        }
        heard
    }

    /// Stands at a place until something holds.
    pub fn stand_until(&mut self, frame: i64, mut holds: impl FnMut(&Stage) -> bool) {
        let started = Instant::now();
        while !holds(self) {
            assert!(started.elapsed() < Duration::from_secs(10), "not within 10 s");
            self.process(Transport { position: Some(frame), ..Transport::default() });
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Stands at a place until what is to be heard there is there.
    pub fn ready(&mut self, service: &FakeService, frame: i64) {
        self.stand_until(frame, |_| service.seen().blocks.iter().any(|block| block.start_frame == frame));
        std::thread::sleep(Duration::from_millis(50));
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("shim.log")).unwrap_or_default()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(link) = self.link.take() {
            link.stop();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub fn config(shared: &Shared) -> LinkConfig {
    LinkConfig {
        instance_id: "00112233445566778899aabbccddeeff".into(),
        host_name: "test".into(),
        sample_rate_hz: 48_000,
        block_frames_max: BLOCK as i32,
        model: String::new(),
        takes_load_count: shared.song.takes_load_count(),
    }
}
