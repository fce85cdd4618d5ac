//! Offline epochs: what a host renders is complete, the same for all block sizes, or visibly failed.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod support;

use simmer_fake_service::{Behaviour, FakeService, Hostile, formula};
use simmer_host::{Block, Mode, Plugin};
use std::time::{Duration, Instant};
use support::*;

const TAKE: u32 = 3;

/// The temperature lane of these tests, normalised: a ramp from 0.5 to 1.5 over two seconds.
fn lane(frame: i64) -> f64 {
    0.25 + 0.5 * (frame.clamp(-48_000, 96_000) as f64 / 96_000.0)
}

/// What the fake service renders for it.
fn expected(seed: u32, frame: i64) -> f32 {
    if frame < 0 { 0.0 } else { formula(seed, frame) + 0.1 * (2.0 * lane(frame)) as f32 }
}

/// Renders `[from, to)` in blocks of the sizes given in turn, as Ardour's export does: points at 0 and at the end.
fn render(plugin: &mut Plugin, from: i64, to: i64, sizes: &[usize]) -> Vec<f32> {
    let (mut out, mut frame) = (Vec::new(), from);
    for size in sizes.iter().cycle() {
        let count = (*size).min((to - frame) as usize);
        if count == 0 {
            return out;
        }
        let block = Block::playing(frame, count).offline().point(0, 0, lane(frame)).point(
            0,
            count as i32,
            lane(frame + count as i64),
        );
        out.extend_from_slice(plugin.process(&block));
        frame += count as i64;
    }
    out
}

fn assert_is(audio: &[f32], seed: u32, from: i64) {
    for (value, frame) in audio.iter().zip(from..) {
        let wanted = expected(seed, frame);
        assert!((value - wanted).abs() < 2e-6, "frame {frame}: {value} instead of {wanted}");
    }
}

#[test]
fn export_is_complete_for_all_block_sizes() {
    let stage = Stage::new("sizes");
    let _service = stage.service(|_| {});
    for sizes in [&[1024][..], &[8192], &[441, 78, 50, 4, 1], &[1, 2, 3, 31, 64, 127, 4096, 16384]] {
        let mut plugin = realtime_plugin();
        let audio = on_audio_thread(plugin_of(&mut plugin), move |mut plugin| render(&mut plugin, -768, 60_000, sizes));
        assert_eq!(audio.len(), 60_768);
        assert_is(&audio, 1, -768);
    }
}

/// Moves a plugin out of a place that is not used any more.
fn plugin_of(plugin: &mut Plugin) -> Plugin {
    std::mem::replace(plugin, Plugin::new(&MODULE))
}

#[test]
fn offline_in_setup_counts_as_well() {
    let stage = Stage::new("setup");
    let service = stage.service(|_| {});
    let audio = on_audio_thread(offline_plugin(), |mut plugin| {
        (0..20).flat_map(|k| plugin.process(&Block::playing(k * 1024, 1024)).to_vec()).collect::<Vec<_>>()
    });
    assert!(audio.iter().zip(0..).all(|(v, frame)| (v - (formula(1, frame) + 0.1)).abs() < 2e-6));
    assert!(service.seen().starts.last().unwrap().offline);
}

#[test]
fn a_bounce_that_says_realtime_is_offline_from_its_first_block() {
    let stage = Stage::new("bounce");
    let _service = stage.service(|_| {});
    // Setup and process on one thread, 8192 frames at a time, one point at offset 0 with the value of the block's end.
    let mut plugin = realtime_plugin();
    for k in 0..6 {
        let end = (k + 1) * 8192;
        let audio = plugin.process(&Block::playing(k * 8192, 8192).point(0, 0, lane(end)));
        for (value, frame) in audio.iter().zip(k * 8192..) {
            assert!((value - (formula(1, frame) + 0.1 * (2.0 * lane(end)) as f32)).abs() < 2e-6, "frame {frame}");
        }
    }
}

#[test]
fn a_render_on_another_thread_that_outruns_the_clock_becomes_offline() {
    let stage = Stage::new("faster");
    let service = stage.service(|_| {});
    on_audio_thread(realtime_plugin(), |mut plugin| {
        for k in 0..200 {
            plugin.process(&Block::playing(k * 1024, 1024));
        }
    });
    let seen = service.seen();
    let start = seen.starts.last().unwrap();
    assert!(start.offline && start.root_frame > 0, "{start:?}");
}

#[test]
fn the_render_wait_parameter_forces_and_forbids() {
    let stage = Stage::new("forced");
    let service = stage.service(|_| {});
    on_audio_thread(realtime_plugin(), |mut plugin| {
        let audio = plugin.process(&Block::playing(0, 512).point(7, 0, 0.5)).to_vec();
        assert!((audio[0] - (formula(1, 0) + 0.1)).abs() < 2e-6);
        for k in 1..100 {
            plugin.process(&Block::playing(k * 512, 512).point(7, 0, 1.0).offline());
        }
        std::thread::sleep(Duration::from_millis(100));
    });
    assert_eq!(service.seen().starts.iter().map(|start| start.offline).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn a_new_take_begins_at_its_own_frame() {
    let stage = Stage::new("take");
    let _service = stage.service(|_| {});
    on_audio_thread(realtime_plugin(), |mut plugin| {
        let seven = 7.5 / 10_000.0;
        let block = Block::playing(0, 1024).offline().point(0, 0, lane(0)).point(0, 1024, lane(1024));
        let audio = plugin.process(&block.point(TAKE, 300, seven)).to_vec();
        assert_is(&audio[..300], 1, 0);
        assert_is(&audio[300..], 7, 300);
        let block = Block::playing(1024, 64).offline().point(0, 0, lane(1024)).point(0, 64, lane(1088));
        assert_is(plugin.process(&block), 7, 1024);
    });
}

#[test]
fn a_bounce_survives_the_death_and_return_of_the_service() {
    let stage = Stage::new("death");
    for chunks in [1, 7, 20] {
        let service = stage.service(|behaviour| behaviour.die_after_chunks = Some(chunks));
        let audio = on_audio_thread(realtime_plugin(), |mut plugin| render(&mut plugin, 0, 48_000, &[1024]));
        assert_is(&audio, 1, 0);
        let starts = service.seen().starts;
        assert!(starts.len() >= 2 && starts.windows(2).all(|pair| pair[0].epoch < pair[1].epoch || pair[1].epoch == 1));
    }
    // The whole process goes, another one comes, on another port and with another token.
    let first = stage.service(|behaviour| behaviour.delay = Duration::from_millis(10));
    let folder = stage.folder.clone();
    let audio = on_audio_thread(realtime_plugin(), move |mut plugin| {
        let mut audio = render(&mut plugin, 0, 20_480, &[1024]);
        drop(first);
        let second = FakeService::start(&folder, Behaviour::default()).unwrap();
        let mut frame = 20_480;
        while frame < 40_960 {
            let block =
                Block::playing(frame, 1024).offline().point(0, 0, lane(frame)).point(0, 1024, lane(frame + 1024));
            audio.extend_from_slice(plugin.process(&block));
            frame += 1024;
        }
        let starts = second.seen().starts;
        assert_eq!((starts[0].root_frame, starts[0].resume_frame, starts[0].offline), (0, 20_480, true));
        assert_eq!(second.seen().blocks[0].start_frame, 0, "all blocks are sent again");
        audio
    });
    assert_is(&audio, 1, 0);
}

#[test]
fn without_a_service_an_export_fails_soon_and_visibly() {
    let stage = Stage::new("absent");
    let started = Instant::now();
    on_audio_thread(realtime_plugin(), |mut plugin| {
        for k in 0..100 {
            plugin.prepare(&Block::playing(k * 8192, 8192).offline());
            plugin.call(&Block::playing(k * 8192, 8192).offline());
            assert!(plugin.output[0][..8192].iter().all(|value| *value == 0.0));
            assert_ne!(plugin.last_result, 0);
        }
        let status = plugin.reported(8);
        assert!(status.is_none_or(|status| status == 1.0), "{status:?}");
        std::thread::sleep(Duration::from_millis(100));
    });
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    assert!(stage.log().contains("EXPORT INCOMPLETE"), "{}", stage.log());
}

#[test]
#[ignore = "waits for 30 s; the deadlines are tested one by one in simmer-core"]
fn a_service_that_falls_silent_is_given_up_on() {
    let stage = Stage::new("silent");
    let service = stage.service(|_| {});
    let started = Instant::now();
    on_audio_thread(realtime_plugin(), move |mut plugin| {
        assert_is(&render(&mut plugin, 0, 10_240, &[1024]), 1, 0);
        service.set(|behaviour| behaviour.idle = true);
        render(&mut plugin, 10_240, 20_480, &[1024]);
        assert_ne!(plugin.last_result, 0);
    });
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
    assert!(stage.log().contains("EXPORT INCOMPLETE"));
}

#[test]
fn hostile_chunks_are_never_played() {
    let stage = Stage::new("hostile");
    for hostile in [
        Hostile::WrongLength,
        Hostile::WrongEpoch,
        Hostile::Shifted,
        Hostile::Reordered,
        Hostile::Negative,
        Hostile::Huge,
        Hostile::BeyondDelivered,
    ] {
        let service = stage.service(|behaviour| behaviour.hostile = Some(hostile));
        on_audio_thread(realtime_plugin(), move |mut plugin| {
            // The third chunk is spoilt: the stream is dropped, and while the next one comes up the fault is gone.
            let mut audio = render(&mut plugin, 0, 2048, &[1024]);
            let calm = std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(500));
                service.set(|behaviour| behaviour.hostile = None);
                service
            });
            audio.extend(render(&mut plugin, 2048, 8192, &[1024]));
            assert_is(&audio, 1, 0);
            drop(calm.join());
        });
    }
}

#[test]
fn audio_that_is_not_finite_or_too_loud_is_made_harmless() {
    let stage = Stage::new("loud");
    for (hostile, limit) in [(Hostile::NotFinite, 0.0), (Hostile::Loud, 1.0)] {
        let _service = stage.service(|behaviour| behaviour.hostile = Some(hostile));
        on_audio_thread(realtime_plugin(), move |mut plugin| {
            let audio = render(&mut plugin, 0, 3072, &[1024]);
            assert!(audio[2048..].iter().all(|value| value.abs() == limit), "{hostile:?}");
        });
    }
}

#[test]
fn an_impostor_is_told_nothing() {
    let stage = Stage::new("impostor");
    let service = stage.service(|behaviour| behaviour.wrong_proof = true);
    on_audio_thread(realtime_plugin(), |mut plugin| {
        for k in 0..40 {
            plugin.process(&Block::playing(k * 1024, 1024));
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let seen = service.seen();
    assert_eq!((seen.calls > 0, seen.messages), (true, 0), "it was called, and heard nothing");
    assert!(stage.log().contains("cannot prove"));
}

#[test]
fn setting_up_again_while_playing_starts_anew() {
    let stage = Stage::new("again");
    let service = stage.service(|_| {});
    on_audio_thread(realtime_plugin(), |mut plugin| {
        assert_is(&render(&mut plugin, 0, 4096, &[512]), 1, 0);
        plugin.stop();
        plugin.start(Mode::Offline, 96_000.0, 512);
        assert_is(&render(&mut plugin, 4096, 8192, &[512]), 1, 4096);
    });
    let opens = service.seen().opens;
    assert_eq!(opens.iter().map(|open| open.sample_rate_hz).collect::<Vec<_>>(), [48_000, 96_000]);
    assert_eq!(opens[0].instance_id, opens[1].instance_id);
}
