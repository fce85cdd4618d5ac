//! Two hundred instances in one process. A process of its own: it counts what the process holds.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod support;

use simmer_fake_service::formula;
use simmer_host::{Block, Mode, Plugin};
use std::time::Duration;
use support::*;

const INSTANCES: usize = 200;
const TAKE: u32 = 3;

fn told_take(plugin: &Plugin, take: usize) -> f64 {
    plugin.normalised(TAKE, take as f64)
}

/// The block at that frame is the take's.
fn assert_take(plugin: &mut Plugin, frame: i64, take: usize) {
    let audio = plugin.process(&Block::playing(frame, 256).offline());
    for (value, at) in audio.iter().zip(frame..) {
        let wanted = formula(take as u32, at) + 0.1;
        assert!((value - wanted).abs() < 2e-6, "take {take}, frame {at}: {value} instead of {wanted}");
    }
}

#[test]
fn two_hundred_instances_play_their_own_and_change_places() {
    census::sees_what_stays();
    let stage = Stage::new("crowd");
    let _service = stage.service(|_| {});
    drop(realtime_plugin());
    std::thread::sleep(Duration::from_millis(300));
    let before = census::take();
    let mut plugins: Vec<Plugin> = (0..INSTANCES).map(|_| Plugin::with_buffers(&MODULE, 256)).collect();
    for (take, plugin) in plugins.iter_mut().enumerate() {
        plugin.start(Mode::Offline, 48_000.0, 256);
        let take = told_take(plugin, take);
        plugin.process(&Block::stopped(0, 64).point(TAKE, 0, take));
    }
    // In turn, as a host does in each of its own blocks.
    for block in 0..4 {
        for (take, plugin) in plugins.iter_mut().enumerate() {
            assert_take(plugin, block * 256, take);
        }
    }
    let crowded = census::take();
    println!("{before:?}, {INSTANCES} instances: {crowded:?}");
    let saved: Vec<Vec<u8>> = plugins.iter().map(Plugin::state).collect();
    let distinct: std::collections::BTreeSet<&Vec<u8>> = saved.iter().collect();
    assert_eq!(distinct.len(), INSTANCES, "each has an id of its own");
    for (index, plugin) in plugins.iter_mut().enumerate() {
        assert!(plugin.load(&saved[(index + 1) % INSTANCES]));
    }
    for (index, plugin) in plugins.iter_mut().enumerate() {
        let take = (index + 1) % INSTANCES;
        assert_take(plugin, 96_000, take);
        assert_eq!(plugin.state(), saved[take]);
    }
    drop(plugins);
    census::settles_to(before, Duration::from_secs(20)).unwrap_or_else(|after| panic!("{before:?} became {after:?}"));
}
