//! What a process holds of the system: threads, open files, memory. Linux tells.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test file uses its part; tests fail loudly"
)]

use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Census {
    pub threads: usize,
    pub files: usize,
    /// Pages that are in memory.
    pub resident_bytes: usize,
}

pub fn take() -> Census {
    let entries = |folder: &str| std::fs::read_dir(folder).unwrap().count();
    let pages: usize = std::fs::read_to_string("/proc/self/statm").unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    Census { threads: entries("/proc/self/task"), files: entries("/proc/self/fd"), resident_bytes: pages * 4096 }
}

/// Waits until no more threads and files are there than before: those of the service end by themselves, and soon.
/// `Err` is what there is too much of.
pub fn settles_to(before: Census, patience: Duration) -> Result<Census, Census> {
    let started = Instant::now();
    loop {
        let now = take();
        if now.threads <= before.threads && now.files <= before.files {
            return Ok(now);
        }
        if started.elapsed() > patience {
            return Err(now);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What does not settle is seen: a file and a thread that stay.
pub fn sees_what_stays() {
    let before = take();
    let file = std::fs::File::open("/proc/self/statm").unwrap();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || ended.recv());
    let soon = Duration::from_millis(100);
    let told = settles_to(before, soon).expect_err("a thread and a file stay");
    assert!(told.threads > before.threads && told.files > before.files, "{before:?} {told:?}");
    drop((file, end));
    let _ = thread.join();
    settles_to(before, Duration::from_secs(5)).expect("they are gone");
}
