//! What one process() call of 64 frames costs while audio flows, as JSON on standard output. Linux.
//!
//! Usage: process-cost [plugin.so]   (default: the release build beside this program)
//!
//! The host plays in real time on a thread of its own, against the test service over the real link; guide audio and a
//! temperature point in each block, as a host sends them. Wall clock and the thread's CPU time are both given: on a busy
//! machine only the second means anything.

#![allow(clippy::expect_used, reason = "a measuring program fails loudly")]

use simmer_fake_service::{Behaviour, FakeService};
use simmer_host::{Block, Mode, Module, Plugin};
use simmer_host_kit::built_library;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const FRAMES: usize = 64;
const RATE: f64 = 48_000.0;
const CALLS: usize = 15_000;

fn main() {
    let path = std::env::args_os().nth(1).map_or_else(|| built_library("simmer_vst3"), PathBuf::from);
    let folder = std::env::temp_dir().join(format!("simmer-process-cost-{}", std::process::id()));
    let service = FakeService::start(&folder, Behaviour::default()).expect("the test service starts");
    // SAFETY: no other thread reads the environment yet: the service's does not, and the plugin's comes later.
    unsafe { std::env::set_var("SIMMER_RUNTIME_DIR", &folder) };
    let plugin = Plugin::new(&Module::load(&path));
    plugin.start(Mode::Realtime, RATE, FRAMES as i32);
    let measured = std::thread::spawn(move || measure(plugin)).join().expect("the process thread ends well");
    let report = service.seen().reports.last().cloned().unwrap_or_default();
    drop(service);
    let _ = std::fs::remove_dir_all(&folder);
    let budget = FRAMES as f64 / RATE * 1e9;
    let line = |name: &str, mut all: Vec<u64>| {
        all.sort_unstable();
        let at = |share: f64| all.get((all.len() as f64 * share) as usize).copied().unwrap_or_default();
        let max = all.last().copied().unwrap_or_default();
        format!(
            r#""{name}":{{"min":{},"median":{},"p99":{},"p999":{},"max":{max},"medianShareOfBudget":{:.6},"p999ShareOfBudget":{:.6}}}"#,
            at(0.0),
            at(0.5),
            at(0.99),
            at(0.999),
            at(0.5) as f64 / budget,
            at(0.999) as f64 / budget
        )
    };
    println!(
        r#"{{"what":"one process() call","frames":{FRAMES},"sampleRate":{RATE},"calls":{},"heardFrames":{},"underrunFrames":{},{},{}}}"#,
        measured.wall.len(),
        measured.heard,
        report.underrun_frame_count,
        line("wallNanos", measured.wall),
        line("cpuNanos", measured.cpu),
    );
}

struct Measured {
    wall: Vec<u64>,
    cpu: Vec<u64>,
    heard: usize,
}

fn measure(mut plugin: Plugin) -> Measured {
    for _ in 0..400 {
        plugin.process(&Block::stopped(0, FRAMES));
        std::thread::sleep(Duration::from_millis(2));
    }
    for (k, channel) in plugin.guide.iter_mut().enumerate() {
        channel.iter_mut().enumerate().for_each(|(i, value)| *value = ((i * (k + 3)) as f32 * 0.1).sin());
    }
    let mut measured = Measured { wall: Vec::with_capacity(CALLS), cpu: Vec::with_capacity(CALLS), heard: 0 };
    let started = Instant::now();
    for call in 0..CALLS {
        let mut block = Block::playing((call * FRAMES) as i64, FRAMES).point(0, 0, 0.5).point(
            0,
            FRAMES as i32,
            0.5 + (call % 100) as f64 / 400.0,
        );
        block.with_sidechain = true;
        plugin.prepare(&block);
        let (wall, cpu) = (Instant::now(), thread_cpu_nanos());
        plugin.call(&block);
        measured.cpu.push(thread_cpu_nanos().saturating_sub(cpu));
        measured.wall.push(wall.elapsed().as_nanos() as u64);
        measured.heard += plugin.output[0][..FRAMES].iter().filter(|value| **value != 0.0).count();
        let due = Duration::from_secs_f64(((call + 1) * FRAMES) as f64 / RATE);
        std::thread::sleep(due.saturating_sub(started.elapsed()));
    }
    measured
}

#[cfg(unix)]
fn thread_cpu_nanos() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a place to fill.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

#[cfg(not(unix))]
fn thread_cpu_nanos() -> u64 {
    0
}
