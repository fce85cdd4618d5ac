//! What the tests of this crate share.
#![allow(dead_code, unused_imports, clippy::unwrap_used, reason = "each test file uses its part; tests fail loudly")]

#[cfg(target_os = "linux")]
pub mod census;

use simmer_host::{Block, Mode, Module, Plugin};
use simmer_host_kit::built_library;
pub use simmer_host_kit::{Stage, on_audio_thread};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

pub static MODULE: LazyLock<Module> = LazyLock::new(|| Module::load(&built_library("simmer_vst3")));

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
