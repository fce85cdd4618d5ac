//! Playback in CLAP: where the song is, whatever way the host says it, and never audio of another place.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use clack_extensions::audio_ports_activation::PluginAudioPortsActivation;
use simmer_clap_host::*;
use simmer_fake_service::{FakeService, formula, temperature_of};
use std::time::{Duration, Instant};

/// Follows playback though blocks come faster than the clock, and nobody waits.
fn playing_plugin() -> (Plugin, Player) {
    let mut plugin = Plugin::default();
    plugin.flush(&[(7, 2.0)]);
    let player = plugin.start(48_000.0, 8192);
    (plugin, player)
}

/// Stands at a place until the service has been told of it and has rendered ahead.
fn ready(player: &mut Player, service: &FakeService, place: Place, frame: i64) {
    let started = Instant::now();
    while !service.seen().blocks.iter().any(|block| !block.playing && block.start_frame == frame) {
        assert!(started.elapsed() < Duration::from_secs(10), "the service was not heard in 10 s");
        player.process(&Block::at(Some(Place { playing: false, ..place }), 256));
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(50));
}

/// Waits until the service has seen what is asked for.
fn until(service: &FakeService, what: impl Fn(&simmer_fake_service::Seen) -> bool) -> simmer_fake_service::Seen {
    let started = Instant::now();
    loop {
        let seen = service.seen();
        if what(&seen) {
            return seen;
        }
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "not seen in 10 s: {:?} {:?}",
            seen.starts,
            seen.blocks.last()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Plays blocks of 256 frames at the places given, a little slower than the clock.
fn play(player: &mut Player, places: impl Iterator<Item = Place>) -> Vec<f32> {
    let mut out = Vec::new();
    for place in places {
        out.extend_from_slice(player.process(&Block::at(Some(place), 256)));
        std::thread::sleep(Duration::from_millis(5));
    }
    out
}

#[test]
fn playback_from_a_standstill_is_there_from_the_first_frame() {
    let stage = Stage::new("play");
    let service = stage.service(|_| {});
    let (_plugin, player) = playing_plugin();
    on_audio_thread(player, |player| {
        ready(player, &service, Place::at(48_000, false), 48_000);
        let audio = play(player, (0..60).map(|k| Place::at(48_000 + k * 256, true)));
        assert!(audio.iter().zip(48_000..).all(|(value, frame)| *value == formula(1, frame)), "bit by bit");
        let starts = service.seen().starts;
        assert_eq!(starts.last().unwrap().root_frame, 48_000, "the standing epoch goes on");
        assert!(starts.iter().all(|start| !start.offline));
    });
}

#[test]
fn beats_and_tempo_do_where_there_are_no_seconds() {
    let stage = Stage::new("beats");
    let service = stage.service(|_| {});
    let (_plugin, player) = playing_plugin();
    on_audio_thread(player, |player| {
        // At 97 bpm hardly a block begins on a whole unit of beats.
        let place = |frame: i64| Place {
            beats: Some(frame as f64 / 48_000.0 / 60.0 * 97.0),
            tempo: Some(97.0),
            playing: true,
            ..Place::default()
        };
        ready(player, &service, place(96_000), 96_000);
        let audio = play(player, (0..60).map(|k| place(96_000 + k * 256)));
        assert!(audio.iter().zip(96_000..).all(|(value, frame)| *value == formula(1, frame)));
        let seen = service.seen();
        assert_eq!(seen.starts.last().unwrap().root_frame, 96_000);
        assert_eq!(seen.blocks.last().unwrap().tempo_bpm, 97.0);
    });
}

#[test]
fn a_place_that_trembles_by_half_a_frame_is_one_passage() {
    let stage = Stage::new("tremble");
    let service = stage.service(|_| {});
    let (_plugin, player) = playing_plugin();
    on_audio_thread(player, |player| {
        let place = |frame: f64| Place { seconds: Some(frame / 48_000.0), playing: true, ..Place::default() };
        ready(player, &service, place(10_000.0), 10_000);
        let trembling = (0..100).map(|k| 10_000.0 + f64::from(k) * 256.0 + f64::from(k * 7919 % 99) / 100.0 - 0.49);
        let audio = play(player, trembling.map(place));
        assert!(audio.iter().zip(10_000..).all(|(value, frame)| *value == formula(1, frame)));
        let starts = service.seen().starts;
        assert_eq!(starts.last().unwrap().root_frame, 10_000, "{} passages", starts.len());
        // The control: two frames are a jump.
        player.process(&Block::at(Some(place(10_000.0 + 25_600.0 + 2.0)), 256));
        until(&service, |seen| seen.starts.last().unwrap().root_frame == 35_602);
    });
}

#[test]
fn without_a_transport_nothing_advances_unless_it_runs_free() {
    let stage = Stage::new("free");
    let service = stage.service(|_| {});
    let (_plugin, player) = playing_plugin();
    on_audio_thread(player, |player| {
        for place in [None, Some(Place { playing: true, ..Place::default() })] {
            assert!(player.process(&Block::at(place, 256)).iter().all(|value| *value == 0.0));
        }
        ready(player, &service, Place::at(4096, false), 4096);
        for _ in 0..10 {
            player.process(&Block::at(None, 128).value(6, 0, 1.0));
            std::thread::sleep(Duration::from_millis(3));
        }
        let seen = until(&service, |seen| seen.blocks.last().is_some_and(|last| last.start_frame == 4096 + 9 * 128));
        assert!(seen.blocks.last().unwrap().playing);
    });
}

#[test]
fn a_transport_that_changes_inside_a_block_is_followed_to_the_frame() {
    let stage = Stage::new("inside");
    let service = stage.service(|_| {});
    let mut plugin = Plugin::default();
    // Each passage is waited for: of playback the link may say the newest alone.
    plugin.flush(&[(7, 1.0)]);
    let player = plugin.start(48_000.0, 8192);
    on_audio_thread(player, |player| {
        // Plays 100 frames, jumps, plays 50, stops; the lane has a value before, at and after the jump.
        let block = Block::playing(1000, 300)
            .value(0, 10, 0.5)
            .value(0, 100, 0.75)
            .turn(100, Place::at(480_000, true))
            .value(0, 100, 1.25)
            .value(0, 130, 1.5)
            .turn(150, Place::at(480_050, false))
            .value(0, 160, 1.75);
        let audio = player.process(&block).to_vec();
        for (k, value) in audio.iter().enumerate().take(150) {
            let frame = if k < 100 { 1000 + k as i64 } else { 480_000 + k as i64 - 100 };
            let lane = [(130, 1.5), (100, 1.25), (10, 0.5), (0, 1.0)].into_iter().find(|(from, _)| k >= *from);
            assert_eq!(*value, formula(1, frame) + 0.1 * lane.unwrap().1 as f32, "offset {k}");
        }
        assert!(audio[214..].iter().all(|value| *value == 0.0), "stopped, after a fade");
        let seen = until(&service, |seen| seen.blocks.len() == 3);
        let said = seen.blocks.iter().map(|block| {
            let lane = temperature_of(block);
            let points = lane.points.iter().map(|point| (point.offset_frames, point.value)).collect::<Vec<_>>();
            (block.start_frame, block.frame_count, block.playing, points)
        });
        let wanted = [
            (1000, 100, true, vec![(10, 0.5), (100, 0.75)]),
            (480_000, 50, true, vec![(0, 1.25), (30, 1.5)]),
            (480_050, 150, false, vec![(10, 1.75)]),
        ];
        assert_eq!(said.collect::<Vec<_>>(), wanted);
        assert_eq!(seen.starts.iter().map(|start| start.root_frame).collect::<Vec<_>>(), [1000, 480_000, 480_050]);
    });
}

#[test]
fn the_loop_is_told_in_frames() {
    let stage = Stage::new("loop");
    let service = stage.service(|_| {});
    let (_plugin, player) = playing_plugin();
    on_audio_thread(player, |player| {
        ready(player, &service, Place::at(48_000, false), 48_000);
        let in_seconds = Place { loop_seconds: Some((0.5, 2.5)), ..Place::at(48_000, true) };
        let in_beats = Place { loop_beats: Some((2.0, 6.0)), ..Place::at(48_256, true) };
        play(player, [in_seconds, in_beats, Place::at(48_512, true)].into_iter());
        let seen = until(&service, |seen| seen.blocks.last().is_some_and(|block| block.start_frame == 48_512));
        let playing = seen.blocks.iter().filter(|block| block.playing);
        let told: Vec<_> = playing.map(|block| (block.loop_start_frame, block.loop_end_frame)).collect();
        assert_eq!(told, [(24_000, 120_000), (48_000, 144_000), (0, 0)]);
    });
}

#[test]
fn the_guide_comes_from_where_it_should() {
    let stage = Stage::new("guide");
    let service = stage.service(|_| {});
    let (mut plugin, player) = playing_plugin();
    let activation: PluginAudioPortsActivation = plugin.instance().plugin_handle().get_extension().unwrap();
    let raw: *const clap_sys::plugin::clap_plugin = plugin.instance().raw_instance();
    let raw = raw as usize;
    assert!(activation.can_activate_while_processing(&plugin.instance().plugin_handle()));
    on_audio_thread(player, |player| {
        ready(player, &service, Place::at(0, false), 0);
        let mut frame = 0;
        let mut one = |player: &mut Player, source: f64, with_sidechain: bool| {
            player.input[0][..64].fill(0.25);
            player.input[1][..64].fill(-0.25);
            player.guide[0][..64].fill(0.0);
            player.guide[0][17] = 1.0;
            player.guide[1][..64].fill(0.0);
            let mut block = Block::playing(frame, 64).value(2, 0, source);
            block.with_sidechain = with_sidechain;
            player.process(&block);
            frame += 64;
        };
        for (source, with_sidechain) in [(0.0, true), (0.0, false), (1.0, true), (1.0, false), (2.0, true)] {
            one(player, source, with_sidechain);
        }
        // A host that says that the port is not connected gives it all the same.
        let set_active = |index: u32, is_active: bool, size: u32| {
            // SAFETY: the plugin lives, and the extension is what its name says.
            unsafe {
                let raw = raw as *const clap_sys::plugin::clap_plugin;
                let id = clap_sys::ext::audio_ports_activation::CLAP_EXT_AUDIO_PORTS_ACTIVATION.as_ptr();
                let found = (*raw).get_extension.unwrap()(raw, id);
                let found = found.cast::<clap_sys::ext::audio_ports_activation::clap_plugin_audio_ports_activation>();
                (*found).set_active.unwrap()(raw, true, index, is_active, size)
            }
        };
        assert!(set_active(1, false, 32) && !set_active(1, true, 64) && !set_active(2, true, 32));
        one(player, 0.0, true);
        assert!(set_active(1, true, 0));
        one(player, 0.0, true);
        let seen = until(&service, |seen| seen.blocks.iter().filter(|block| block.playing).count() == 7);
        let guides: Vec<Vec<f32>> = seen
            .blocks
            .iter()
            .filter(|block| block.playing)
            .map(|block| block.guide.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect())
            .collect();
        let track: Vec<f32> = [0.25, -0.25].repeat(64);
        let mut impulse = vec![0.0; 128];
        impulse[2 * 17] = 1.0;
        let wanted = [&impulse, &track, &impulse, &vec![], &track, &track, &impulse];
        assert_eq!(guides.iter().collect::<Vec<_>>(), wanted);
    });
}
