//! Whatever a host may do wrong or unusually: no crash, finite output, the right text and the right state.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]
#![allow(clippy::unnecessary_cast, reason = "enum constants of the ABI are signed on Windows")]

mod support;

use simmer_core::limits::SONG_FRAME_MAX;
use simmer_core::parameter::PARAMETERS;
use simmer_host::{Block, Mode, Plugin, Position};
use support::*;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;

fn text(units: &[u16]) -> String {
    String::from_utf16_lossy(&units.iter().copied().take_while(|unit| *unit != 0).collect::<Vec<_>>())
}

#[test]
fn the_host_sees_the_parameters_in_their_order() {
    let _stage = Stage::new("parameters");
    let plugin = Plugin::new(&MODULE);
    let controller = plugin.controller();
    // SAFETY: the plugin's objects, structures to fill.
    unsafe {
        assert_eq!(controller.getParameterCount(), PARAMETERS.len() as i32);
        for (index, spec) in PARAMETERS.iter().enumerate() {
            let mut info: ParameterInfo = std::mem::zeroed();
            assert_eq!(controller.getParameterInfo(index as i32, &mut info), kResultOk);
            assert_eq!((info.id, text(&info.title).as_str()), (index as u32, spec.title));
            let mut shown: String128 = [0; 128];
            let default = controller.getParamNormalized(info.id);
            assert_eq!(controller.getParamStringByValue(info.id, default, &mut shown), kResultOk);
            let mut back = -1.0;
            assert_eq!(controller.getParamValueByString(info.id, shown.as_mut_ptr(), &mut back), kResultOk);
            assert!((back - default).abs() < 1e-3, "{} {default} {} {back}", spec.title, text(&shown));
        }
        let mut shown: String128 = [0; 128];
        controller.getParamStringByValue(0, 0.375, &mut shown);
        assert_eq!(text(&shown), "0.750", "temperature in its own unit");
        assert_eq!(controller.normalizedParamToPlain(0, 0.375), 0.75);
        assert_eq!(controller.plainParamToNormalized(0, 0.75), 0.375);
        let mut info: ParameterInfo = std::mem::zeroed();
        for index in [-1, PARAMETERS.len() as i32, i32::MAX, i32::MIN] {
            assert_ne!(controller.getParameterInfo(index, &mut info), kResultOk);
        }
        assert_ne!(controller.setParamNormalized(99, 0.5), kResultOk);
        assert_ne!(controller.setParamNormalized(0, f64::NAN), kResultOk);
    }
}

#[test]
fn buses_latency_and_sample_size_are_what_a_host_needs() {
    let _stage = Stage::new("buses");
    let plugin = Plugin::new(&MODULE);
    let (component, processor) = (plugin.component(), plugin.processor());
    // SAFETY: the plugin's objects, structures to fill, arrays of the lengths that are said.
    unsafe {
        assert_eq!((component.getBusCount(0, 0), component.getBusCount(0, 1), component.getBusCount(1, 0)), (2, 1, 0));
        assert_eq!(processor.getLatencySamples(), 0);
        assert_eq!(processor.canProcessSampleSize(0), kResultTrue);
        assert_ne!(processor.canProcessSampleSize(1), kResultTrue);
        let (stereo, mono) = (SpeakerArr::kStereo, SpeakerArr::kMono);
        for (mut inputs, mut output, good) in [
            ([stereo, stereo], stereo, true),
            ([mono, mono], stereo, true),
            ([stereo, 0x3f], stereo, false),
            ([stereo, stereo], mono, false),
        ] {
            let result = processor.setBusArrangements(inputs.as_mut_ptr(), 2, &mut output, 1);
            assert_eq!(result == kResultTrue, good);
        }
        let mut info: BusInfo = std::mem::zeroed();
        for (direction, index) in [(0, 2), (0, -1), (1, 1), (7, 0)] {
            assert_ne!(component.getBusInfo(0, direction, index, &mut info), kResultOk);
            assert_ne!(component.activateBus(0, direction, index, 1), kResultOk);
        }
        assert_ne!(component.getBusInfo(0, 0, 0, std::ptr::null_mut()), kResultOk);
        assert_ne!(processor.process(std::ptr::null_mut()), kResultOk);
        assert_ne!(processor.setupProcessing(std::ptr::null_mut()), kResultOk);
        assert_ne!(component.setState(std::ptr::null_mut()), kResultOk);
    }
}

#[test]
fn hosts_that_do_things_in_a_wrong_order_are_borne() {
    let _stage = Stage::new("order");
    let mut plugin = Plugin::new(&MODULE);
    plugin.process(&Block::playing(0, 64));
    assert!(plugin.output[0][..64].iter().all(|value| *value == 0.0), "not set up: silence");
    // SAFETY: the plugin's objects.
    unsafe {
        assert_ne!(plugin.component().setActive(1), kResultOk, "not set up");
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
            let mut setup =
                ProcessSetup { processMode: 0, symbolicSampleSize: 0, maxSamplesPerBlock: 64, sampleRate: rate };
            assert_ne!(plugin.processor().setupProcessing(&mut setup), kResultOk);
        }
    }
    for _ in 0..20 {
        plugin.start(Mode::Realtime, 44_100.0, 512);
        plugin.process(&Block::playing(0, 64));
        plugin.stop();
        plugin.stop();
    }
}

#[test]
fn unusual_calls_give_finite_output_that_is_not_nearly_zero() {
    let stage = Stage::new("unusual");
    let _service = stage.service(|_| {});
    on_audio_thread(realtime_plugin(), |mut plugin| {
        let bad = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e38, f32::MIN_POSITIVE / 2.0, f32::MIN_POSITIVE, -0.0];
        let positions = [
            Position::Missing,
            Position::Stopped(0),
            Position::Playing(-1),
            Position::Playing(0),
            Position::Playing(1 << 53),
            Position::Playing(i64::MAX),
            Position::Playing(i64::MIN),
            Position::Stopped(i64::MIN),
            Position::Playing(SONG_FRAME_MAX - 10),
            Position::Playing(SONG_FRAME_MAX),
            Position::Playing(SONG_FRAME_MAX - 64),
        ];
        for (round, position) in positions.iter().cycle().take(positions.len() * 40).enumerate() {
            let count = [1, 0, 64, 8192, 3, 20_000, 127][round % 7];
            for (k, channel) in plugin.input.iter_mut().chain(&mut plugin.guide).enumerate() {
                channel.iter_mut().enumerate().for_each(|(i, value)| *value = bad[(i + k + round) % bad.len()]);
            }
            let mut block = Block::at(*position, count)
                .point(4, 0, 0.5)
                .point(5, 0, f64::NAN)
                .point(0, i32::MIN, f64::NEG_INFINITY)
                .point(0, i32::MAX, 1e300)
                .point(777, 0, 0.5)
                .point(8, 0, 0.5)
                .point(7, 0, 1.0);
            block.in_place = round % 4 == 1;
            block.null_inputs = round % 4 == 2;
            block.null_channels = round % 13 == 5;
            block.with_sidechain = round % 3 == 0;
            if block.in_place {
                let fill = bad[round % bad.len()];
                plugin.output.iter_mut().for_each(|channel| channel.fill(fill));
            }
            plugin.prepare(&block);
            plugin.call(&block);
            if !block.null_channels {
                let mut values = plugin.output.iter().flat_map(|channel| &channel[..count]);
                assert!(values.all(|value| value.is_normal() || *value == 0.0), "{round} {block:?}");
            }
            block.null_outputs = true;
            plugin.call(&block);
            // The host's own mode is as it was: it computes with what is nearly zero.
            assert_ne!(std::hint::black_box(f32::MIN_POSITIVE) * 0.5, 0.0);
        }
        plugin.tempo = f64::NAN;
        plugin.process(&Block::playing(0, 64));
    });
}

#[test]
fn the_dry_signal_passes_in_place_at_mix_0() {
    let _stage = Stage::new("dry");
    on_audio_thread(realtime_plugin(), |mut plugin| {
        for (channel, value) in plugin.output.iter_mut().zip([0.5f32, -0.25]) {
            channel.iter_mut().enumerate().for_each(|(i, slot)| *slot = value + i as f32 / 1e5);
        }
        let mut block = Block::stopped(0, 9000).point(4, 0, 0.0);
        block.in_place = true;
        plugin.prepare(&block);
        plugin.call(&block);
        assert!((0..9000).all(|i| plugin.output[0][i] == 0.5 + i as f32 / 1e5));
        assert!((0..9000).all(|i| plugin.output[1][i] == -0.25 + i as f32 / 1e5));
    });
}

#[test]
fn state_comes_back_byte_by_byte_and_garbage_is_refused() {
    let _stage = Stage::new("state");
    let (saved, values) = on_audio_thread(realtime_plugin(), |mut plugin| {
        let mut block = Block::stopped(0, 64);
        for id in 0..8 {
            block = block.point(id, 64, 0.37);
        }
        plugin.process(&block);
        let values: Vec<f64> = (0..8)
            // SAFETY: the plugin's object.
            .map(|id| unsafe {
                plugin.load(&plugin.state());
                plugin.controller().getParamNormalized(id)
            })
            .collect();
        (plugin.state(), values)
    });
    assert!((values[0] - 0.37).abs() < 1e-12 && (values[5] - 0.37).abs() < 1e-12);
    let other = Plugin::new(&MODULE);
    assert!(other.load(&saved));
    assert_eq!(other.state(), saved);
    for length in 0..saved.len() {
        assert!(!other.load(&saved[..length]), "truncated to {length}");
        assert_eq!(other.state(), saved, "what was there stays");
    }
    let mut noise = 1u64;
    for length in [0, 1, 16, 1000, 1 << 20, 3 << 20] {
        let bytes: Vec<u8> = (0..length)
            .map(|_| {
                noise = noise.wrapping_mul(6364136223846793005).wrapping_add(1);
                (noise >> 56) as u8
            })
            .collect();
        assert!(!other.load(&bytes));
    }
    assert_eq!(other.state(), saved);
    for _ in 0..100 {
        let next = Plugin::new(&MODULE);
        assert!(next.load(&saved));
        assert_eq!(next.state(), saved);
    }
}

#[test]
fn a_loaded_state_is_heard_and_survives_processing() {
    let stage = Stage::new("loaded");
    let service = stage.service(|_| {});
    let plugin = realtime_plugin();
    let state = String::from_utf8_lossy(&plugin.state()[16..]).replace("\"3\":1.0", "\"3\":4321.0");
    let mut blob = plugin.state()[..12].to_vec();
    blob.extend((state.len() as u32).to_le_bytes());
    blob.extend(state.as_bytes());
    assert!(plugin.load(&blob));
    let blob = on_audio_thread(plugin, move |mut plugin| {
        let _ = plugin.process(&Block::playing(0, 64).offline());
        assert_eq!(plugin.last_result, kResultOk);
        assert_eq!(plugin.state(), blob);
        blob
    });
    assert_eq!(service.seen().starts.last().unwrap().seed, 4321);
    assert!(!blob.is_empty());
}

#[test]
fn instances_come_and_go_without_a_thread_left() {
    let stage = Stage::new("life");
    let _service = stage.service(|_| {});
    let threads = || std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count);
    let before = threads();
    for round in 0..100 {
        let mut plugin = realtime_plugin();
        plugin.process(&Block::playing(round * 512, 512));
        drop(plugin);
    }
    // The fake service's own runtime may keep a thread or two.
    assert!(threads() <= before + 2, "{before} threads became {}", threads());
}
