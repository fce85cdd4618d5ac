//! process() at realtime: no allocation, no system call, whatever the service does. Linux only.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use simmer_clap_host::*;
use simmer_host_kit::guard::{self, Counts};
use std::time::Duration;

const SIZES: [usize; 14] = [64, 1, 2, 3, 31, 64, 127, 441, 1024, 64, 4096, 50, 78, 8192];

/// Some thousand mixed blocks with jumps, stops, automation, takes and free run; returns what the guarded calls did.
fn drive(player: &mut Player, rounds: usize) -> Counts {
    guard::arm();
    let mut total = Counts::NONE;
    let mut frame = 0;
    for round in 0..rounds {
        let count = SIZES[round % SIZES.len()];
        let end = count as u32;
        if round % 97 == 96 {
            frame = (round as i64 * 7919) % 1_000_000 - 5_000;
        }
        let place =
            Place { loop_seconds: (round % 2 == 0).then_some((1.0, 3.0)), ..Place::at(frame, round % 31 != 30) };
        let mut block = Block::at((round % 41 != 40).then_some(place), count);
        for point in 0..round % 20 {
            block = block.value(0, (point * count / 20) as u32, (round + point) as f64 % 7.0 / 3.5);
        }
        block = block.value(4, 0, 0.9).value(5, end, 0.8).value(1, 0, 0.5);
        if round % 53 == 0 {
            block = block.value(3, end / 2, (round % 9000) as f64);
        }
        if round % 17 == 0 {
            block = block.turn(end / 2, Place::at(frame + i64::from(end / 2), true));
        }
        if round % 71 == 0 {
            block = block.turn(end / 3, Place::at(frame + 12_345, true)).turn(end / 2, Place::at(frame, false));
        }
        block = block.value(6, 0, f64::from(round % 400 > 350)).value(0, end, 0.5).value(10, 0, (round % 3 / 2) as f64);
        block.with_sidechain = round % 3 == 0;
        block.in_place = round % 5 == 0;
        block.null_events = round % 43 == 42;
        block.width = if round % 211 == 210 { Width::Float64 } else { Width::Float32 };
        player.input[0][..count].fill(0.25);
        player.guide[1][..count].fill(if round % 2 == 0 { 0.0 } else { 0.5 });
        player.prepare(&block);
        let (_, made) = guard::watch(|| player.call(&block));
        total.allocations += made.allocations;
        total.frees += made.frees;
        total.system_calls += made.system_calls;
        if block.width == Width::Float32 {
            let [left, right] = &player.output;
            assert!(left[..count].iter().chain(&right[..count]).all(|value| value.is_finite()), "round {round}");
        }
        frame += count as i64;
        if round % 10 == 0 {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    total
}

fn guarded_playback(mut plugin: Plugin, rounds: usize) -> Counts {
    // Blocks come faster than the clock here, which would count as a bounce; this keeps it playback.
    plugin.flush(&[(7, 2.0)]);
    let player = plugin.start(48_000.0, 8192);
    on_audio_thread(player, |player| drive(player, rounds)).1
}

#[test]
fn with_a_good_service() {
    let stage = Stage::new("guard-up");
    let service = stage.service(|_| {});
    assert_eq!(guarded_playback(Plugin::default(), 4000), Counts::NONE);
    assert!(service.seen().blocks.len() > 1000, "the service was really spoken to");
}

#[test]
fn without_a_service() {
    let _stage = Stage::new("guard-down");
    assert_eq!(guarded_playback(Plugin::default(), 4000), Counts::NONE);
}

#[test]
fn with_a_flooding_service() {
    let stage = Stage::new("guard-flood");
    let _service = stage.service(|behaviour| behaviour.flood = true);
    assert_eq!(guarded_playback(Plugin::default(), 4000), Counts::NONE);
}

#[test]
fn flush_while_processing_is_as_quiet() {
    let _stage = Stage::new("guard-flush");
    let mut plugin = Plugin::default();
    let player = plugin.start(48_000.0, 8192);
    let (_, made) = on_audio_thread(player, |player| {
        guard::arm();
        let block = Block::stopped(0, 64).value(0, 0, 0.5).value(3, 0, 9.0);
        player.prepare(&block);
        guard::watch(|| player.flush()).1
    });
    assert_eq!(made, Counts::NONE);
    assert_eq!((plugin.value(0), plugin.value(3)), (0.5, 9.0), "it was heard");
}

/// Positive control: an offline epoch waits, and the guard must see it.
#[test]
fn the_guard_sees_a_waiting_process_call() {
    let stage = Stage::new("guard-control");
    let _service = stage.service(|_| {});
    let mut plugin = Plugin::default();
    plugin.render_offline(true);
    let player = plugin.start(48_000.0, 8192);
    on_audio_thread(player, |player| {
        guard::arm();
        let block = Block::playing(0, 64);
        player.prepare(&block);
        let (_, made) = guard::watch(|| player.call(&block));
        assert!(made.system_calls > 0, "{made:?}");
        let (held, made) = guard::watch(|| std::hint::black_box(vec![1u8; 100]));
        assert!(made.allocations > 0 && held.len() == 100, "{made:?}");
    });
}

/// Positive control: a plugin built to break the rule.
#[test]
#[ignore = "wants SIMMER_BROKEN_CLAP: the plugin built with --features break-realtime"]
fn the_guard_sees_a_plugin_that_breaks_the_rule() {
    let path = std::env::var_os("SIMMER_BROKEN_CLAP").unwrap();
    let _stage = Stage::new("guard-broken");
    let plugin = Plugin::new(&entry_at(std::path::Path::new(&path)));
    let made = guarded_playback(plugin, 100);
    assert!(made.allocations >= 90 && made.system_calls >= 90, "{made:?}");
}
