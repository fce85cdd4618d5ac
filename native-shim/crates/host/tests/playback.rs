//! Realtime: never waits, never plays what is not of that place, counts what is missing.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod support;

use simmer_fake_service::{FakeService, formula, temperature_of};
use simmer_host::{Block, Plugin};
use std::time::{Duration, Instant};
use support::*;

/// Ready and rendered ahead of that place.
fn ready(plugin: &mut Plugin, service: &FakeService, frame: i64) {
    stand_until(plugin, frame, |_| {
        service.seen().blocks.iter().any(|block| !block.playing && block.start_frame == frame)
    });
    std::thread::sleep(Duration::from_millis(50));
}

/// Plays in about real time, so that it cannot be taken for a bounce.
fn play(plugin: &mut Plugin, from: i64, blocks: i64, size: i64) -> Vec<f32> {
    let started = Instant::now();
    let mut out = Vec::new();
    for k in 0..blocks {
        out.extend_from_slice(plugin.process(&Block::playing(from + k * size, size as usize)));
        let due = Duration::from_secs_f64(((k + 1) * size) as f64 / 48_000.0);
        std::thread::sleep(due.saturating_sub(started.elapsed()));
    }
    out
}

#[test]
fn playback_from_a_standstill_is_there_from_the_first_frame() {
    let stage = Stage::new("play");
    let service = stage.service(|_| {});
    on_audio_thread(realtime_plugin(), move |mut plugin| {
        ready(&mut plugin, &service, 48_000);
        let audio = play(&mut plugin, 48_000, 100, 256);
        assert!(audio.iter().zip(48_000..).all(|(value, frame)| *value == formula(1, frame)), "bit by bit");
        let seen = service.seen();
        assert_eq!(seen.starts.last().unwrap().root_frame, 48_000, "the standing epoch goes on");
        assert!(seen.starts.iter().all(|start| !start.offline));
    });
}

#[test]
fn a_jump_never_plays_audio_of_another_place() {
    let stage = Stage::new("jump");
    let service = stage.service(|_| {});
    on_audio_thread(realtime_plugin(), move |mut plugin| {
        ready(&mut plugin, &service, 0);
        play(&mut plugin, 0, 20, 256);
        for target in [500_000, 3, 262_144, 262_144 * 2 + 3, -400] {
            let audio = play(&mut plugin, target, 40, 256);
            // Fades last 64 frames: the tail of before, and the rise after the gap.
            let mut heard = 0;
            for (k, (value, frame)) in audio.iter().zip(target..).enumerate() {
                let right = *value == 0.0 || frame >= 0 && *value == formula(1, frame);
                let fading = k < 80 || *value != 0.0 && audio[k.saturating_sub(65)..k].contains(&0.0);
                assert!(right || fading, "frame {frame}: {value}");
                heard += usize::from(*value != 0.0 && right);
            }
            assert!(heard > 4000, "{heard} frames were heard after the jump to {target}");
        }
    });
}

#[test]
fn missing_audio_is_silence_that_is_counted_and_never_waited_for() {
    let stage = Stage::new("gap");
    let service = stage.service(|behaviour| behaviour.idle = true);
    on_audio_thread(realtime_plugin(), move |mut plugin| {
        ready(&mut plugin, &service, 0);
        let mut longest = Duration::ZERO;
        for k in 0..50 {
            let started = Instant::now();
            let audio = plugin.process(&Block::playing(-512 + k * 256, 256));
            assert!(audio.iter().all(|value| *value == 0.0));
            longest = longest.max(started.elapsed());
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(longest < Duration::from_millis(500), "{longest:?}");
        std::thread::sleep(Duration::from_millis(600));
        let report = service.seen().reports.last().cloned().unwrap();
        assert_eq!(
            (report.underrun_count, report.underrun_frame_count),
            (48, 48 * 256),
            "negative frames do not count"
        );
        assert_eq!(report.offline_miss_frame_count, 0);
    });
}

#[test]
fn playback_goes_on_when_the_service_comes_back() {
    let stage = Stage::new("back");
    let service = stage.service(|_| {});
    let folder = stage.folder.clone();
    on_audio_thread(realtime_plugin(), move |mut plugin| {
        ready(&mut plugin, &service, 0);
        play(&mut plugin, 0, 50, 256);
        drop(service);
        let silent = play(&mut plugin, 50 * 256, 100, 256);
        assert!(silent[silent.len() - 256..].iter().all(|value| *value == 0.0));
        let service = FakeService::start(&folder, Default::default()).unwrap();
        let back = play(&mut plugin, 150 * 256, 500, 256);
        let last = back.len() - 256;
        assert!((0..256).all(|k| back[last + k] == formula(1, (150 * 256 + last + k) as i64)));
        let start = *service.seen().starts.first().unwrap();
        assert!(!start.offline && start.root_frame > 150 * 256, "{start:?}");
    });
}

#[test]
fn a_knob_turned_while_standing_renders_the_place_again() {
    let stage = Stage::new("knob");
    let service = stage.service(|_| {});
    on_audio_thread(realtime_plugin(), move |mut plugin| {
        ready(&mut plugin, &service, 1000);
        for k in 0..200 {
            plugin.process(&Block::stopped(1000, 256).point(0, 0, 0.3 + f64::from(k) / 1000.0));
            std::thread::sleep(Duration::from_millis(1));
        }
        for _ in 0..100 {
            plugin.process(&Block::stopped(1000, 256));
        }
        std::thread::sleep(Duration::from_millis(100));
        let seen = service.seen();
        assert!((3..20).contains(&seen.starts.len()), "{}: not at every move", seen.starts.len());
        assert!(
            (temperature_of(seen.blocks.last().unwrap()).value_at_start - 2.0 * 0.499).abs() < 1e-9,
            "the last is not lost"
        );
    });
}

#[test]
fn the_guide_comes_from_where_it_should() {
    let stage = Stage::new("guide");
    let service = stage.service(|_| {});
    on_audio_thread(realtime_plugin(), move |mut plugin| {
        ready(&mut plugin, &service, 0);
        let mut frame = 0;
        let mut one = |plugin: &mut Plugin, source: f64, with_sidechain: bool| {
            plugin.input[0][..64].fill(0.25);
            plugin.input[1][..64].fill(-0.25);
            plugin.guide[0][..64].fill(0.0);
            plugin.guide[0][17] = 1.0;
            plugin.guide[1][..64].fill(0.0);
            let mut block = Block::playing(frame, 64).point(2, 0, source);
            block.with_sidechain = with_sidechain;
            plugin.process(&block);
            frame += 64;
        };
        for (source, with_sidechain) in [(0.0, true), (0.0, false), (0.5, true), (0.5, false), (1.0, true)] {
            one(&mut plugin, source, with_sidechain);
        }
        std::thread::sleep(Duration::from_millis(100));
        let seen = service.seen();
        let guides: Vec<Vec<f32>> = seen
            .blocks
            .iter()
            .filter(|block| block.playing)
            .map(|block| block.guide.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect())
            .collect();
        let track: Vec<f32> = [0.25, -0.25].repeat(64);
        let mut impulse = vec![0.0; 128];
        impulse[2 * 17] = 1.0;
        assert_eq!(guides, [impulse.clone(), track.clone(), impulse, vec![], track]);
    });
}

#[test]
fn the_lane_arrives_point_by_point() {
    let stage = Stage::new("lane");
    let service = stage.service(|_| {});
    on_audio_thread(realtime_plugin(), move |mut plugin| {
        ready(&mut plugin, &service, 0);
        let mut block = Block::playing(0, 64);
        for offset in 0..=64 {
            block = block.point(0, offset, f64::from(offset) / 64.0);
        }
        block = block.point(0, 64, 0.25).point(0, 64, 0.75);
        plugin.process(&block);
        let mut dense = Block::playing(64, 64).point(0, 3, f64::NAN).point(0, 5, f64::INFINITY).point(0, -9, 0.5);
        for k in 0..3000 {
            dense = dense.point(0, 64, f64::from(k) / 3000.0);
        }
        plugin.process(&dense);
        plugin.process(&Block::playing(128, 64).point(0, 10, 5.0).point(0, 20, -3.0));
        std::thread::sleep(Duration::from_millis(400));
        let seen = service.seen();
        let blocks: Vec<_> = seen.blocks.iter().filter(|block| block.playing).collect();
        let points = |index: usize| -> Vec<(i32, f64)> {
            temperature_of(blocks[index]).points.iter().map(|point| (point.offset_frames, point.value)).collect()
        };
        let mut expected: Vec<(i32, f64)> = (0..=64).map(|offset| (offset, f64::from(offset) / 32.0)).collect();
        expected.extend([(64, 0.5), (64, 1.5)]);
        assert_eq!(points(0), expected);
        assert_eq!(temperature_of(blocks[1]).value_at_start, 1.5, "the value at the end of the block before");
        assert_eq!(points(1).len(), 1024);
        assert_eq!(points(1).first(), Some(&(0, 1.0)), "not finite points are left out, early ones moved to 0");
        assert_eq!(points(1).last(), Some(&(64, 2.0 * 2999.0 / 3000.0)), "the last value is never lost");
        assert_eq!(points(2), [(10, 2.0), (20, 0.0)], "clamped");
        assert!(seen.reports.last().unwrap().overflow_count > 1900);
    });
}

#[test]
fn free_run_goes_on_while_the_transport_stands() {
    let stage = Stage::new("free");
    let service = stage.service(|_| {});
    on_audio_thread(realtime_plugin(), move |mut plugin| {
        ready(&mut plugin, &service, 4096);
        for _ in 0..10 {
            plugin.process(&Block::stopped(4096, 128).point(6, 0, 1.0));
            std::thread::sleep(Duration::from_millis(3));
        }
        std::thread::sleep(Duration::from_millis(100));
        let seen = service.seen();
        let last = seen.blocks.last().unwrap();
        assert!(last.playing && last.start_frame == 4096 + 9 * 128, "{last:?}");
    });
}
