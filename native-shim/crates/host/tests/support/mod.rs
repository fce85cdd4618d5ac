//! What the tests of this crate share.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses its part; tests fail loudly")]

#[cfg(target_os = "linux")]
pub mod census;

use simmer_fake_service::{Behaviour, FakeService};
use simmer_host::{Block, Mode, Module, Plugin, built_library};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub static MODULE: LazyLock<Module> = LazyLock::new(|| Module::load(&built_library("simmer_vst3")));

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A runtime folder of its own; tests take turns, since the folder is an environment variable.
pub struct Stage {
    pub folder: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    pub fn new(name: &str) -> Stage {
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = std::env::temp_dir().join(format!("simmer-host-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        private(&folder);
        // SAFETY: tests take turns, and threads of earlier turns, which could read it, have ended.
        unsafe { std::env::set_var("SIMMER_RUNTIME_DIR", &folder) };
        Stage { folder, _turn: turn }
    }

    pub fn service(&self, change: impl FnOnce(&mut Behaviour)) -> FakeService {
        let mut behaviour = Behaviour::default();
        change(&mut behaviour);
        FakeService::start(&self.folder, behaviour).unwrap()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("shim.log")).unwrap_or_default()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn private(folder: &Path) {
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
}

/// Runs a process thread, as a realtime host has one, on an instance that this thread has set up.
pub fn on_audio_thread<T: Send + 'static>(plugin: Plugin, body: impl FnOnce(Plugin) -> T + Send + 'static) -> T {
    match std::thread::spawn(move || body(plugin)).join() {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

pub fn realtime_plugin() -> Plugin {
    let plugin = Plugin::new(&MODULE);
    plugin.start(Mode::Realtime, 48_000.0, 8192);
    plugin
}

pub fn offline_plugin() -> Plugin {
    let plugin = Plugin::new(&MODULE);
    plugin.start(Mode::Offline, 48_000.0, 8192);
    plugin
}

/// Stands at a place until it sounds when played, as a host does before play.
pub fn stand_until(plugin: &mut Plugin, frame: i64, is_there: impl Fn(&Plugin) -> bool) {
    let started = Instant::now();
    while !is_there(plugin) {
        assert!(started.elapsed() < Duration::from_secs(10), "the service was not heard in 10 s");
        plugin.process(&Block::stopped(frame, 256));
        std::thread::sleep(Duration::from_millis(5));
    }
}
