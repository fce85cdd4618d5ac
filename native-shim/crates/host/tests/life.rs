//! A thousand lives of instances leave nothing behind. A process of its own: it counts what the process holds.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod support;

use simmer_fake_service::formula;
use simmer_host::{Block, Mode, Plugin};
use std::time::Duration;
use support::*;

/// One life: as far as hosts get when they scan, load, play or bounce.
fn live(round: usize) {
    let mut plugin = Plugin::with_buffers(&MODULE, 512);
    match round % 5 {
        // Scanned: made and ended.
        0 => {}
        // Set up, and ended before the link can be there.
        1 => plugin.start(Mode::Realtime, 48_000.0, 512),
        // Played, and ended while audio comes.
        2 => {
            plugin.start(Mode::Realtime, 48_000.0, 512);
            (0..4).for_each(|k| drop(plugin.process(&Block::playing(k * 512, 512)).to_vec()));
        }
        // Bounced: it had a link, and audio.
        3 => {
            plugin.start(Mode::Offline, 48_000.0, 512);
            let audio = plugin.process(&Block::playing(4096, 512).offline());
            assert!((audio[0] - (formula(1, 4096) + 0.1)).abs() < 2e-6, "round {round}: {}", audio[0]);
        }
        // Deactivated and activated in between, at another rate.
        _ => {
            plugin.start(Mode::Realtime, 48_000.0, 512);
            plugin.process(&Block::playing(0, 64));
            plugin.stop();
            plugin.start(Mode::Offline, 44_100.0, 256);
            plugin.process(&Block::playing(0, 64).offline());
            let state = plugin.state();
            assert!(plugin.load(&state));
        }
    }
}

#[test]
fn a_thousand_instances_leave_no_thread_no_file_and_no_memory() {
    census::sees_what_stays();
    let stage = Stage::new("thousand");
    let _service = stage.service(|_| {});
    (0..100).for_each(live);
    std::thread::sleep(Duration::from_millis(500));
    let before = census::take();
    (100..1100).for_each(live);
    let after = census::settles_to(before, Duration::from_secs(20))
        .unwrap_or_else(|after| panic!("{before:?} became {after:?}"));
    let grown = after.resident_bytes.saturating_sub(before.resident_bytes);
    println!("{before:?} {after:?}");
    assert!(grown < 48 << 20, "{grown} bytes in a thousand lives");
}
