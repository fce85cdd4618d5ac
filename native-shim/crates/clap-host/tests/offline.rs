//! Offline epochs in CLAP: complete, the same for all block sizes, and the same bits as in VST3.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use clap_sys::process::{CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR};
use simmer_clap_host::*;
use simmer_fake_service::{formula, temperature_of};

/// A temperature lane that holds and jumps, as CLAP hosts deliver theirs: the frames of the jumps, and the values.
fn jumps(to: i64) -> Vec<(i64, f64)> {
    let (mut frame, mut step, mut jumps) = (-700, 0, Vec::new());
    while frame < to {
        jumps.push((frame, f64::from(step * 37 % 101) / 64.0));
        // Sometimes several in one block, sometimes none for long, sometimes two at one frame.
        frame += [1, 7, 0, 300, 2_000, 64][step as usize % 6];
        step += 1;
    }
    jumps
}

fn lane_at(jumps: &[(i64, f64)], frame: i64) -> f64 {
    jumps.iter().rev().find(|(at, _)| *at <= frame).map_or(1.0, |(_, value)| *value)
}

fn within(jumps: &[(i64, f64)], from: i64, to: i64) -> impl Iterator<Item = (u32, f64)> {
    jumps.iter().filter(move |(at, _)| (from..to).contains(at)).map(move |(at, value)| ((at - from) as u32, *value))
}

/// Renders `[from, to)` in blocks of the sizes given in turn.
fn render(player: &mut Player, from: i64, to: i64, sizes: &[usize]) -> Vec<f32> {
    let jumps = jumps(to);
    let (mut out, mut frame) = (Vec::new(), from);
    for size in sizes.iter().cycle() {
        let count = (*size).min((to - frame) as usize);
        if count == 0 {
            return out;
        }
        let mut block = Block::playing(frame, count);
        for (offset, value) in within(&jumps, frame, frame + count as i64) {
            block = block.value(0, offset, value);
        }
        out.extend_from_slice(player.process(&block));
        assert_eq!(player.last_status, CLAP_PROCESS_CONTINUE);
        frame += count as i64;
    }
    out
}

fn assert_is(audio: &[f32], from: i64) {
    let jumps = jumps(from + audio.len() as i64);
    for (value, frame) in audio.iter().zip(from..) {
        let wanted = if frame < 0 { 0.0 } else { formula(1, frame) + 0.1 * lane_at(&jumps, frame) as f32 };
        assert_eq!(*value, wanted, "frame {frame}");
    }
}

fn export(sizes: &[usize]) -> Vec<f32> {
    let mut plugin = Plugin::default();
    plugin.render_offline(true);
    let player = plugin.start(48_000.0, 8192);
    on_audio_thread(player, |player| render(player, -768, 60_000, sizes)).1
}

#[test]
fn an_export_follows_every_event_to_the_frame_at_all_block_sizes() {
    let stage = Stage::new("sizes");
    let service = stage.service(|_| {});
    for sizes in [&[1024][..], &[8192], &[441, 78, 50, 4, 1], &[1, 2, 3, 31, 64, 127, 4096, 16384]] {
        let audio = export(sizes);
        assert_eq!(audio.len(), 60_768);
        assert_is(&audio, -768);
    }
    let starts = service.seen().starts;
    assert_eq!(starts.len(), 4, "one passage each");
    assert!(starts.iter().all(|start| start.offline && start.root_frame == -768));
}

/// In VST3 the same lane is a pair of points at each jump: up to the old value, then the new one.
fn export_in_vst3() -> Vec<f32> {
    use simmer_host::{Block, Mode, Module, Plugin};
    use simmer_host_kit::built_library;
    let mut plugin = Plugin::new(&Module::load(&built_library("simmer_vst3")));
    plugin.start(Mode::Offline, 48_000.0, 8192);
    let jumps = jumps(60_000);
    let (mut out, mut frame, mut held) = (Vec::new(), -768, 1.0);
    while frame < 60_000 {
        let count = 1024.min(60_000 - frame);
        let mut block = Block::playing(frame, count as usize).offline();
        for (offset, value) in within(&jumps, frame, frame + count) {
            block = block.point(0, offset as i32, held / 2.0).point(0, offset as i32, value / 2.0);
            held = value;
        }
        out.extend_from_slice(plugin.process(&block));
        frame += count;
    }
    out
}

#[test]
fn a_held_lane_is_the_same_audio_in_both_formats() {
    let stage = Stage::new("formats");
    let _service = stage.service(|_| {});
    let (clap, vst3) = (export(&[512]), export_in_vst3());
    assert!(clap.iter().any(|value| *value != 0.0));
    assert_eq!(clap, vst3);
}

#[test]
fn both_formats_play_at_once_in_one_process() {
    use simmer_host::{Block as Vst3Block, Mode, Module, Plugin as Vst3Plugin};
    use simmer_host_kit::built_library;
    let stage = Stage::new("at-once");
    let service = stage.service(|_| {});
    let mut vst3 = Vst3Plugin::new(&Module::load(&built_library("simmer_vst3")));
    vst3.start(Mode::Offline, 48_000.0, 512);
    let mut clap = Plugin::default();
    clap.render_offline(true);
    let mut player = clap.start(48_000.0, 512);
    for k in 0..50 {
        let in_clap = player.process(&Block::playing(k * 512, 512).value(3, 0, 5.0)).to_vec();
        let in_vst3 = vst3.process(&Vst3Block::playing(k * 512, 512).offline().point(3, 0, 5.0 / 9999.0)).to_vec();
        assert_eq!(in_clap, in_vst3);
        assert_eq!(in_clap[7], formula(5, k * 512 + 7) + 0.1);
    }
    let opens = service.seen().opens;
    assert_eq!(opens.len(), 2);
    assert_ne!(opens[0].instance_id, opens[1].instance_id);
}

#[test]
fn events_reach_the_service_as_they_came() {
    let stage = Stage::new("events");
    let service = stage.service(|_| {});
    let mut plugin = Plugin::default();
    plugin.render_offline(true);
    let player = plugin.start(48_000.0, 512);
    on_audio_thread(player, |player| {
        let block = Block::playing(0, 64).value(0, 0, 0.25).value(0, 17, 0.5).value(0, 17, 0.75).value(0, 63, 1.0);
        player.process(&block.value(0, 64, 1.25).value(0, 5, 1.5));
        player.process(&Block::playing(64, 64).foreign());
    });
    let seen = service.seen();
    let points = |index: usize| -> Vec<(i32, f64, i32)> {
        let points = temperature_of(&seen.blocks[index]).points;
        points.iter().map(|point| (point.offset_frames, point.value, point.interpolation)).collect()
    };
    const HOLD: i32 = 2;
    assert_eq!(
        points(0),
        [(0, 0.25, HOLD), (17, 0.5, HOLD), (17, 0.75, HOLD), (63, 1.0, HOLD), (64, 1.25, HOLD), (64, 1.5, HOLD)],
        "one that comes late is moved up to the one before it"
    );
    assert_eq!(
        (temperature_of(&seen.blocks[1]).value_at_start, points(1)),
        (1.5, vec![]),
        "what another space says is nothing"
    );
}

#[test]
fn a_bounce_that_is_not_announced_is_offline_from_its_first_block() {
    let stage = Stage::new("bounce");
    let service = stage.service(|_| {});
    // Activation and processing on one thread, as a bounce does it.
    let mut plugin = Plugin::default();
    let mut player = plugin.start(48_000.0, 8192);
    assert_is(&render(&mut player, -768, 40_192, &[8192]), -768);
    assert!(service.seen().starts.iter().all(|start| start.offline));
}

#[test]
fn an_end_of_offline_rendering_is_playback_again() {
    let stage = Stage::new("mode");
    let service = stage.service(|_| {});
    let mut plugin = Plugin::default();
    plugin.render_offline(true);
    plugin.render_offline(false);
    let player = plugin.start(48_000.0, 8192);
    on_audio_thread(player, |player| {
        player.process(&Block::playing(0, 512));
        std::thread::sleep(std::time::Duration::from_millis(500));
        player.process(&Block::playing(512, 512));
    });
    let starts = service.seen().starts;
    assert!(!starts.is_empty() && starts.iter().all(|start| !start.offline), "{starts:?}");
}

#[test]
fn without_a_service_an_export_fails_visibly() {
    let _stage = Stage::new("absent");
    let mut plugin = Plugin::default();
    plugin.render_offline(true);
    let player = plugin.start(48_000.0, 8192);
    let (player, ()) = on_audio_thread(player, |player| {
        let mut told = None;
        for k in 0..20 {
            let silent = player.process(&Block::playing(k * 8192, 8192)).iter().all(|value| *value == 0.0);
            assert!(silent);
            assert_eq!(player.last_status, CLAP_PROCESS_ERROR);
            told = player.reported(8).or(told);
        }
        assert_eq!(told, Some(5.0), "failed");
    });
    plugin.stop(player);
    assert_eq!(plugin.value(8), 5.0);
    assert_eq!(plugin.value(9), 20.0 * 8192.0);
}

#[test]
fn a_sidechain_impulse_arrives_on_its_frame() {
    let stage = Stage::new("guide");
    let service = stage.service(|_| {});
    let mut plugin = Plugin::default();
    plugin.render_offline(true);
    let player = plugin.start(48_000.0, 8192);
    let (_, heard) = on_audio_thread(player, |player| {
        let mut heard = Vec::new();
        for (index, size) in [64usize, 1, 441, 8192, 127].iter().enumerate() {
            let from = heard.len() as i64;
            for channel in &mut player.guide {
                channel.fill(0.0);
            }
            player.guide[0][size / 2] = 1.0;
            player.guide[1][size - 1] = -1.0;
            let mut block = Block::playing(from, *size).value(2, 0, 1.0);
            block.with_sidechain = index != 1;
            player.prepare(&block);
            player.call(&block);
            heard.extend((0..*size).map(|k| (player.output[0][k], player.output[1][k])));
        }
        heard
    });
    let mut frame = 0;
    for (index, size) in [64usize, 1, 441, 8192, 127].into_iter().enumerate() {
        for k in 0..size {
            let plain = formula(1, frame) + 0.1;
            let side = |at: usize, value: f32| if index != 1 && k == at { value } else { 0.0 };
            let wanted = (plain + 0.1 * side(size / 2, 1.0), plain + 0.1 * side(size - 1, -1.0));
            assert_eq!(heard[frame as usize], wanted, "frame {frame}");
            frame += 1;
        }
    }
    assert!(service.seen().blocks.iter().any(|block| !block.guide.is_empty()));
}

#[test]
fn a_host_that_clack_makes_renders_the_same() {
    use clack_host::events::Pckn;
    use clack_host::events::event_types::ParamValueEvent;
    use clack_host::prelude::*;
    // Buffers, events and the call itself are clack's own here.
    let stage = Stage::new("clack");
    let _service = stage.service(|_| {});
    let mut plugin = Plugin::default();
    plugin.render_offline(true);
    let mut player = plugin.start(48_000.0, 256);
    let (mut input, mut output) = ([[0.0f32; 256]; 2], [[f32::NAN; 256]; 2]);
    let mut events = EventBuffer::new();
    events.push(&ParamValueEvent::new(100, ClapId::new(0), Pckn::match_all(), 0.5));
    let place = Place::at(0, true);
    let mut ports = (AudioPorts::with_capacity(2, 1), AudioPorts::with_capacity(2, 1));
    let channels = AudioPortBufferType::f32_input_only(input.iter_mut().map(InputChannel::constant));
    let inputs = ports.0.with_input_buffers([AudioPortBuffer { latency: 0, channels }]);
    let channels = AudioPortBufferType::f32_output_only(output.iter_mut().map(|channel| channel.as_mut_slice()));
    let mut outputs = ports.1.with_output_buffers([AudioPortBuffer { latency: 0, channels }]);
    let transport = place.transport_event();
    let status = player.processor().start_processing().unwrap().process(
        &inputs,
        &mut outputs,
        &events.as_input(),
        &mut OutputEvents::void(),
        Some(0),
        Some(&transport),
    );
    assert_eq!(status.unwrap(), clack_host::process::ProcessStatus::Continue);
    for (frame, value) in output[0].iter().enumerate() {
        let lane = if frame < 100 { 1.0 } else { 0.5 };
        assert_eq!(*value, formula(1, frame as i64) + 0.1 * lane, "frame {frame}");
    }
}
