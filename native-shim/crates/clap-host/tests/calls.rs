//! Calls that a host may make in unusual ways: silence or the right audio, finite, and never a crash.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

use clap_sys::process::{CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR};
use simmer_clap_host::*;

#[test]
fn a_call_before_activation_is_silence_and_an_error() {
    let _stage = Stage::new("inactive");
    let mut plugin = Plugin::default();
    let raw: *const clap_sys::plugin::clap_plugin = plugin.instance().raw_instance();
    let mut channels = [[f32::NAN; 64]; 2];
    let mut pointers = channels.each_mut().map(|channel| channel.as_mut_ptr());
    let mut output = clap_sys::audio_buffer::clap_audio_buffer {
        data32: pointers.as_mut_ptr(),
        data64: std::ptr::null_mut(),
        channel_count: 2,
        latency: 0,
        constant_mask: 3,
    };
    let call = clap_sys::process::clap_process {
        steady_time: -1,
        frames_count: 64,
        transport: std::ptr::null(),
        audio_inputs: std::ptr::null(),
        audio_outputs: &mut output,
        audio_inputs_count: 0,
        audio_outputs_count: 1,
        in_events: std::ptr::null(),
        out_events: std::ptr::null(),
    };
    // SAFETY: the plugin's own pointer, and a call whose pointers live.
    assert_eq!(unsafe { (*raw).process.unwrap()(raw, &call) }, CLAP_PROCESS_ERROR);
    assert!(channels.iter().flatten().all(|value| *value == 0.0));
}

#[test]
fn unusual_calls_give_finite_output_that_is_not_nearly_zero() {
    let stage = Stage::new("unusual");
    let _service = stage.service(|_| {});
    let mut plugin = Plugin::default();
    let player = plugin.start(48_000.0, 8192);
    on_audio_thread(player, |player| {
        let bad = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e38, f32::MIN_POSITIVE / 2.0, f32::MIN_POSITIVE, -0.0];
        let place = |seconds: f64| Some(Place { seconds: Some(seconds), playing: true, ..Place::default() });
        let places = [
            None,
            Some(Place::default()),
            Some(Place { playing: true, ..Place::default() }),
            Some(Place::at(-1, true)),
            Some(Place::at(0, false)),
            place(1e9),
            place(-1e9),
            place(f64::MAX),
            place(f64::NAN),
            Some(Place { beats: Some(1.0), playing: true, tempo: Some(f64::NAN), ..Place::default() }),
            Some(Place { beats: Some(f64::MAX), playing: true, tempo: Some(0.0), ..Place::default() }),
            Some(Place { loop_seconds: Some((2.0, 1.0)), ..Place::at(0, true) }),
            Some(Place { loop_beats: Some((f64::MIN, f64::MAX)), ..Place::at(0, true) }),
        ];
        for (round, place) in places.iter().cycle().take(places.len() * 40).enumerate() {
            let count = [1, 0, 64, 8192, 3, 20_000, 127][round % 7];
            for (k, channel) in player.input.iter_mut().chain(&mut player.guide).enumerate() {
                channel.iter_mut().enumerate().for_each(|(i, value)| *value = bad[(i + k + round) % bad.len()]);
            }
            let mut block = Block::at(*place, count)
                .value(4, 0, 0.5)
                .value(5, 0, f64::NAN)
                .value(0, u32::MAX, 1e300)
                .value(0, 0, f64::NEG_INFINITY)
                .value(777, 0, 0.5)
                .value(8, 0, 1.0)
                .value(7, 0, 2.0)
                .foreign();
            if round % 5 == 0 {
                let other = places[(round / 5) % places.len()].unwrap_or_default();
                block = block.turn((count / 2) as u32, other).turn(0, other).turn(u32::MAX, other);
            }
            block.in_place = round % 4 == 1;
            block.null_inputs = round % 4 == 2;
            block.null_channels = round % 13 == 5;
            block.null_events = round % 11 == 3;
            block.with_sidechain = round % 3 == 0;
            block.constant_mask = (round % 4) as u64;
            if block.in_place {
                let fill = bad[round % bad.len()];
                player.output.iter_mut().for_each(|channel| channel.fill(fill));
            }
            player.prepare(&block);
            player.call(&block);
            assert_eq!(player.last_status, CLAP_PROCESS_CONTINUE, "{round}");
            if !block.null_channels {
                let mut values = player.output.iter().flat_map(|channel| &channel[..count]);
                assert!(values.all(|value| value.is_normal() || *value == 0.0), "{round} {block:?}");
                assert_eq!(player.last_constant_mask, 0);
            }
            block.null_outputs = true;
            player.call(&block);
            // The host's own mode is as it was: it computes with what is nearly zero.
            assert_ne!(std::hint::black_box(f32::MIN_POSITIVE) * 0.5, 0.0);
        }
    });
}

#[test]
fn audio_of_64_bits_is_refused_with_silence() {
    let _stage = Stage::new("wide");
    let mut plugin = Plugin::default();
    let player = plugin.start(48_000.0, 512);
    on_audio_thread(player, |player| {
        let mut wide = Block::playing(0, 64);
        wide.width = Width::Float64;
        player.process(&wide);
        assert_eq!(player.last_status, CLAP_PROCESS_ERROR);
        assert!(player.wide_output().iter().all(|channel| channel[..64].iter().all(|value| *value == 0.0)));
        player.process(&Block::playing(64, 64));
        assert_eq!(player.last_status, CLAP_PROCESS_CONTINUE, "nothing is broken by it");
    });
}

#[test]
fn the_dry_signal_passes_in_place_at_mix_0() {
    let _stage = Stage::new("dry");
    let mut plugin = Plugin::default();
    let player = plugin.start(48_000.0, 9000);
    on_audio_thread(player, |player| {
        for (channel, value) in player.output.iter_mut().zip([0.5f32, -0.25]) {
            channel.iter_mut().enumerate().for_each(|(i, slot)| *slot = value + i as f32 / 1e5);
        }
        let mut block = Block::stopped(0, 9000).value(4, 0, 0.0);
        block.in_place = true;
        player.prepare(&block);
        player.call(&block);
        assert!((0..9000).all(|i| player.output[0][i] == 0.5 + i as f32 / 1e5));
        assert!((0..9000).all(|i| player.output[1][i] == -0.25 + i as f32 / 1e5));
    });
}

#[test]
fn a_constant_channel_has_the_value_of_its_first_frame() {
    let _stage = Stage::new("constant");
    let mut plugin = Plugin::default();
    let player = plugin.start(48_000.0, 512);
    on_audio_thread(player, |player| {
        player.input[0][0] = 0.5;
        player.input[1].fill(0.125);
        let mut block = Block::stopped(0, 64).value(4, 0, 0.0);
        block.constant_mask = 1;
        player.process(&block);
        assert!(player.output[0][..64].iter().all(|value| *value == 0.5), "only the first frame was filled in");
        assert!(player.output[1][..64].iter().all(|value| *value == 0.125));
    });
}
