//! process() at realtime: no allocation, no system call, whatever the service does. Linux only.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod support;

use simmer_host::{Block, Module, Plugin};
use simmer_host_kit::guard::{self, Counts};
use std::time::Duration;
use support::*;

const SIZES: [usize; 14] = [64, 1, 2, 3, 31, 64, 127, 441, 1024, 64, 4096, 50, 78, 8192];

/// Some thousand mixed blocks with jumps, stops, automation, takes and free run; returns what the guarded calls did.
fn drive(plugin: &mut Plugin, rounds: usize) -> Counts {
    guard::arm();
    let mut total = Counts::NONE;
    let mut frame = 0;
    for round in 0..rounds {
        let count = SIZES[round % SIZES.len()];
        if round % 97 == 96 {
            frame = (round as i64 * 7919) % 1_000_000 - 5_000;
        }
        let mut block = if round % 31 == 30 { Block::stopped(frame, count) } else { Block::playing(frame, count) };
        for point in 0..round % 20 {
            block = block.point(0, (point * count / 20) as i32, (round + point) as f64 % 7.0 / 7.0);
        }
        block = block.point(4, 0, 0.9).point(5, count as i32, 0.8).point(1, 0, 0.5);
        if round % 53 == 0 {
            block = block.point(3, (count / 2) as i32, round as f64 / 5_000.0);
        }
        block = block.point(6, 0, f64::from(round % 400 > 350)).point(0, count as i32, 0.5);
        block.with_sidechain = round % 3 == 0;
        block.in_place = round % 5 == 0;
        plugin.input[0][..count].fill(0.25);
        plugin.guide[1][..count].fill(if round % 2 == 0 { 0.0 } else { 0.5 });
        plugin.prepare(&block);
        let ((), made) = guard::watch(|| {
            plugin.call(&block);
        });
        total.allocations += made.allocations;
        total.frees += made.frees;
        total.system_calls += made.system_calls;
        let [left, right] = &plugin.output;
        assert!(left[..count].iter().chain(&right[..count]).all(|value| value.is_finite()), "round {round}");
        frame += count as i64;
        if round % 10 == 0 {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    total
}

/// Blocks come faster than the clock here, which would count as a bounce; this keeps it playback.
fn without_waiting(mut plugin: Plugin) -> Plugin {
    plugin = on_audio_thread(plugin, |mut plugin| {
        plugin.process(&Block::stopped(0, 0).point(7, 0, 1.0));
        plugin
    });
    plugin
}

fn guarded_playback(rounds: usize) -> Counts {
    on_audio_thread(without_waiting(realtime_plugin()), move |mut plugin| drive(&mut plugin, rounds))
}

#[test]
fn with_a_good_service() {
    let stage = Stage::new("guard-up");
    let service = stage.service(|_| {});
    assert_eq!(guarded_playback(4000), Counts::NONE);
    assert!(service.seen().blocks.len() > 1000, "the service was really spoken to");
}

#[test]
fn without_a_service() {
    let _stage = Stage::new("guard-down");
    assert_eq!(guarded_playback(4000), Counts::NONE);
}

#[test]
fn with_a_flooding_service() {
    let stage = Stage::new("guard-flood");
    let _service = stage.service(|behaviour| behaviour.flood = true);
    assert_eq!(guarded_playback(4000), Counts::NONE);
}

#[test]
fn with_a_mute_service() {
    let stage = Stage::new("guard-mute");
    let _service = stage.service(|behaviour| behaviour.mute = true);
    assert_eq!(guarded_playback(2000), Counts::NONE);
}

#[test]
fn while_the_service_comes_and_goes() {
    let stage = Stage::new("guard-flap");
    let flap = std::thread::spawn({
        let folder = stage.folder.clone();
        move || {
            for _ in 0..3 {
                let service = simmer_fake_service::FakeService::start(&folder, Default::default()).unwrap();
                std::thread::sleep(Duration::from_millis(300));
                drop(service);
            }
        }
    });
    assert_eq!(guarded_playback(6000), Counts::NONE);
    flap.join().unwrap();
}

/// Positive controls inside the plugin: an offline epoch waits, and saving allocates. The guard must see both.
#[test]
fn the_guard_sees_a_waiting_process_call_and_a_saving_one() {
    let stage = Stage::new("guard-control");
    let _service = stage.service(|_| {});
    on_audio_thread(realtime_plugin(), |mut plugin| {
        guard::arm();
        let block = Block::playing(0, 64).offline();
        plugin.prepare(&block);
        let (_, made) = guard::watch(|| plugin.call(&block));
        assert!(made.system_calls > 0, "{made:?}");
        let (state, made) = guard::watch(|| plugin.state());
        // The host's stream allocates as well; the plugin makes some dozens of strings.
        assert!(made.allocations > 30 && !state.is_empty(), "{made:?}");
    });
}

/// Positive control: each thing the guard is for, on its own.
#[test]
fn the_guard_sees_what_it_is_for() {
    std::thread::spawn(|| {
        guard::arm();
        let (held, made) = guard::watch(|| std::hint::black_box(vec![1u8; 100]));
        assert!(made.allocations > 0, "{made:?}");
        assert!(guard::watch(|| drop(held)).1.frees > 0);
        let (_, made) = guard::watch(|| std::hint::black_box(std::fs::metadata("/").is_ok()));
        assert!(made.system_calls > 0, "{made:?}");
        assert_eq!(guard::watch(|| std::hint::black_box(std::time::Instant::now())).1, Counts::NONE);
    })
    .join()
    .unwrap();
}

/// Positive control: a plugin built to break the rule.
#[test]
#[ignore = "wants SIMMER_BROKEN_PLUGIN, built with --features break-realtime: npm test builds it and runs this"]
fn the_guard_sees_a_plugin_that_breaks_the_rule() {
    let path = std::env::var_os("SIMMER_BROKEN_PLUGIN").unwrap();
    let _stage = Stage::new("guard-broken");
    let plugin = Plugin::new(&Module::load(std::path::Path::new(&path)));
    plugin.start(simmer_host::Mode::Realtime, 48_000.0, 8192);
    let made = on_audio_thread(without_waiting(plugin), |mut plugin| drive(&mut plugin, 100));
    assert!(made.allocations >= 100 && made.system_calls >= 100, "{made:?}");
}
