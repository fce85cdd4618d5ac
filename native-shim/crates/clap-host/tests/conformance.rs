//! Whatever a host may do wrong or unusually: no crash, finite output, the right text and the right state.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

use clack_extensions::audio_ports::{AudioPortFlags, AudioPortInfoBuffer, AudioPortType};
use clack_extensions::params::{ParamInfoBuffer, ParamInfoFlags};
use clack_host::prelude::*;
use clap_sys::process::{CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR};
use simmer_clap_host::*;
use simmer_core::State;
use simmer_core::parameter::{Kind, PARAMETERS};
use simmer_fake_service::temperature_of;
use std::ffi::CString;

#[test]
fn a_scan_finds_one_effect() {
    let factory = entry().get_plugin_factory().expect("a factory");
    let found: Vec<_> = factory.plugin_descriptors().collect();
    assert_eq!(found.len(), 1);
    let text = |text: Option<&std::ffi::CStr>| text.unwrap().to_str().unwrap().to_owned();
    assert_eq!((text(found[0].id()), text(found[0].name())), ("local.simmer.simmer".into(), "Simmer".into()));
    assert_eq!(text(found[0].version()), env!("CARGO_PKG_VERSION"));
    let features: Vec<_> = found[0].features().map(|feature| feature.to_str().unwrap()).collect();
    assert_eq!(features, ["audio-effect", "stereo"]);
    let info = HostInfo::new("Test host", "", "", "1").unwrap();
    let other = PluginInstance::<()>::new(|_| (), |_| (), entry(), c"local.simmer.other", &info);
    assert!(other.is_err(), "no other plugin is made");
}

#[test]
fn the_host_sees_the_parameters_in_their_order() {
    let _stage = Stage::new("parameters");
    let mut plugin = Plugin::default();
    let params = plugin.params();
    let mut shown = [0; 64];
    assert_eq!(params.count(&plugin.instance().plugin_handle()) as usize, PARAMETERS.len());
    for (index, spec) in PARAMETERS.iter().enumerate() {
        let mut buffer = ParamInfoBuffer::new();
        let handle = plugin.instance().plugin_handle();
        let info = params.get_info(&handle, index as u32, &mut buffer).unwrap();
        assert_eq!((info.id.get(), info.name), (spec.id, spec.title.as_bytes()));
        assert_eq!((info.min_value, info.max_value, info.default_value), (spec.min, spec.max, spec.default));
        let has = |flag| info.flags.contains(flag);
        assert_eq!(has(ParamInfoFlags::IS_AUTOMATABLE), spec.automatable, "{}", spec.title);
        assert_eq!(has(ParamInfoFlags::IS_READONLY), spec.read_only, "{}", spec.title);
        assert_eq!(has(ParamInfoFlags::IS_STEPPED), !matches!(spec.kind, Kind::Continuous { .. }), "{}", spec.title);
        assert_eq!(params.get_value(&handle, info.id), Some(spec.default));
        for plain in [spec.default, spec.min, spec.max] {
            let text = params.value_to_text(&handle, info.id, plain, &mut shown).unwrap();
            let text = CString::new(&*text).unwrap();
            assert_eq!(params.text_to_value(&handle, info.id, &text), Some(plain), "{} {text:?}", spec.title);
        }
    }
    let handle = plugin.instance().plugin_handle();
    let text = |id: u32, plain: f64, shown: &mut [u8]| {
        params.value_to_text(&handle, ClapId::new(id), plain, shown).ok().map(|text| text.to_vec())
    };
    assert_eq!(text(0, 0.75, &mut shown).unwrap(), b"0.750");
    assert_eq!(text(5, -6.0, &mut shown).unwrap(), b"-6.0 dB");
    assert_eq!(text(5, -6.0, &mut [0; 3]).unwrap(), b"-6", "cut to the room there is");
    assert_eq!(text(99, 0.5, &mut shown), None);
    assert_eq!(text(0, f64::NAN, &mut shown), None);
    assert_eq!(params.text_to_value(&handle, ClapId::new(0), c"warm"), None);
    assert_eq!(params.text_to_value(&handle, ClapId::new(99), c"1"), None);
    assert_eq!(params.get_value(&handle, ClapId::new(99)), None);
    assert!(params.get_info(&handle, PARAMETERS.len() as u32, &mut ParamInfoBuffer::new()).is_none());
}

#[test]
fn ports_and_latency_are_what_a_host_needs() {
    let _stage = Stage::new("ports");
    let mut plugin = Plugin::default();
    assert_eq!(plugin.latency(), 0);
    let ports = plugin.ports();
    let handle = plugin.instance().plugin_handle();
    assert_eq!((ports.count(&handle, true), ports.count(&handle, false)), (2, 1));
    let port = |is_input: bool, index: u32| {
        let mut buffer = AudioPortInfoBuffer::new();
        let info = ports.get(&handle, index, is_input, &mut buffer)?;
        let is_main = info.flags == AudioPortFlags::IS_MAIN;
        assert_eq!((info.channel_count, info.port_type), (2, Some(AudioPortType::STEREO)));
        Some((String::from_utf8(info.name.to_vec()).unwrap(), is_main, info.in_place_pair.map(|id| id.get())))
    };
    assert_eq!(port(true, 0), Some(("Input".into(), true, Some(0))));
    assert_eq!(port(true, 1), Some(("Guide".into(), false, None)));
    assert_eq!(port(false, 0), Some(("Output".into(), true, Some(0))));
    assert_eq!((port(true, 2), port(false, 1)), (None, None));
}

#[test]
fn hosts_that_do_things_in_a_wrong_order_are_borne() {
    let _stage = Stage::new("order");
    let mut plugin = Plugin::default();
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
        assert!(plugin.try_start(rate, 64).is_none(), "{rate}");
    }
    for _ in 0..20 {
        let player = plugin.start(44_100.0, 512);
        let (player, status) = on_audio_thread(player, |player| {
            player.process(&Block::playing(0, 64));
            player.pause();
            player.process(&Block::playing(64, 64));
            player.last_status
        });
        assert_eq!(status, CLAP_PROCESS_CONTINUE);
        plugin.stop(player);
    }
    // Destroyed while it is active: the player goes first, as its processor keeps the instance alive.
    let player = plugin.start(44_100.0, 512);
    drop(player);
    drop(plugin);
    // Called without any order at all.
    let mut plugin = Plugin::default();
    let raw: *const clap_sys::plugin::clap_plugin = plugin.instance().raw_instance();
    // SAFETY: the plugin's own pointer; a missing call is one of the things that are tried.
    unsafe {
        assert_eq!((*raw).process.unwrap()(raw, std::ptr::null()), CLAP_PROCESS_ERROR);
        assert!((*raw).get_extension.unwrap()(raw, std::ptr::null()).is_null());
        (*raw).reset.unwrap()(raw);
        (*raw).stop_processing.unwrap()(raw);
        (*raw).deactivate.unwrap()(raw);
        (*raw).on_main_thread.unwrap()(raw);
    }
}

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
fn unusual_calls_give_finite_output() {
    let stage = Stage::new("unusual");
    let _service = stage.service(|_| {});
    let mut plugin = Plugin::default();
    let player = plugin.start(48_000.0, 8192);
    on_audio_thread(player, |player| {
        let bad = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e38, f32::MIN_POSITIVE / 2.0, -0.0];
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
                let all = player.output.iter().all(|channel| channel[..count].iter().all(|value| value.is_finite()));
                assert!(all, "{round} {block:?}");
                assert_eq!(player.last_constant_mask, 0);
            }
            block.null_outputs = true;
            player.call(&block);
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

#[test]
fn state_comes_back_byte_by_byte_and_garbage_is_refused() {
    let _stage = Stage::new("state");
    let mut plugin = Plugin::default();
    let player = plugin.start(48_000.0, 512);
    let wanted: Vec<f64> =
        PARAMETERS.iter().map(|spec| spec.sanitise(spec.min + 0.37 * (spec.max - spec.min)).unwrap()).collect();
    let (_player, ()) = on_audio_thread(player, |player| {
        let mut block = Block::stopped(0, 64);
        for spec in PARAMETERS.iter().filter(|spec| !spec.read_only) {
            block = block.value(spec.id, 64, wanted[spec.id as usize]);
        }
        player.process(&block);
    });
    let saved = plugin.state();
    for spec in PARAMETERS.iter().filter(|spec| !spec.read_only) {
        assert_eq!(plugin.value(spec.id), wanted[spec.id as usize], "{}", spec.title);
    }
    let mut other = Plugin::default();
    assert!(other.load(&saved));
    assert_eq!(other.rescans(), 1, "the host is told that the values are others");
    assert_eq!(other.state(), saved);
    assert_eq!(other.value(0), wanted[0]);
    for length in 0..saved.len() {
        assert!(!other.load(&saved[..length]), "truncated to {length}");
    }
    let mut noise = 1u64;
    for length in [1, 16, 1000, 1 << 20, 5 << 20] {
        let bytes: Vec<u8> = (0..length)
            .map(|_| {
                noise = noise.wrapping_mul(6364136223846793005).wrapping_add(1);
                (noise >> 56) as u8
            })
            .collect();
        assert!(!other.load(&bytes));
    }
    assert_eq!((other.state(), other.rescans()), (saved, 1), "what was there stays");
}

#[test]
fn a_state_of_either_format_opens_in_the_other() {
    let _stage = Stage::new("across");
    let vst3 = simmer_host::Plugin::new(&simmer_host::Module::load(&simmer_host::built_library("simmer_vst3")));
    // Both formats live in one process here.
    let mut clap = Plugin::default();
    let mut state = State::decode(&vst3.state()).unwrap();
    for (value, spec) in state.values.iter_mut().zip(&PARAMETERS).filter(|(_, spec)| !spec.read_only) {
        *value = spec.sanitise(spec.min + 0.7 * (spec.max - spec.min)).unwrap();
    }
    state.takes = (0..200_000u32).map(|k| (k % 251) as u8).collect();
    state.model = "another".into();
    let bytes = state.encode();
    assert!(vst3.load(&bytes));
    assert_eq!(vst3.state(), bytes);
    assert!(clap.load(&vst3.state()));
    assert_eq!(clap.state(), bytes);
    assert_eq!(clap.value(0), 1.4);
    let fresh = Plugin::default().state();
    assert_ne!(fresh, bytes);
    assert!(vst3.load(&fresh));
    assert_eq!(vst3.state(), fresh, "and back");
}

#[test]
fn values_set_without_processing_are_in_the_state_and_are_heard() {
    let stage = Stage::new("flush");
    let service = stage.service(|_| {});
    let mut plugin = Plugin::default();
    plugin.flush(&[(3, 4321.0), (0, 0.25), (0, 0.5), (8, 1.0), (77, 1.0), (1, f64::NAN)]);
    let values = State::decode(&plugin.state()).unwrap().values;
    assert_eq!((values[3], values[0], values[1], values[8]), (4321.0, 0.5, 0.0, 0.0));
    assert_eq!(plugin.value(3), 4321.0);
    plugin.render_offline(true);
    let player = plugin.start(48_000.0, 512);
    let (player, ()) = on_audio_thread(player, |player| {
        player.process(&Block::playing(0, 64));
    });
    assert_eq!(player.last_status, CLAP_PROCESS_CONTINUE);
    let seen = service.seen();
    assert_eq!(seen.starts.last().unwrap().seed, 4321);
    assert_eq!(temperature_of(seen.blocks.last().unwrap()).value_at_start, 0.5);
}

#[test]
fn a_loaded_state_is_heard() {
    let stage = Stage::new("loaded");
    let service = stage.service(|_| {});
    let mut plugin = Plugin::default();
    let mut state = State::decode(&plugin.state()).unwrap();
    state.values[3] = 77.0;
    assert!(plugin.load(&state.encode()));
    plugin.render_offline(true);
    let player = plugin.start(48_000.0, 512);
    on_audio_thread(player, |player| {
        player.process(&Block::playing(0, 64));
    });
    assert_eq!(service.seen().starts.last().unwrap().seed, 77);
    assert_eq!(service.seen().opens[0].host_name, "Test host");
    assert_eq!(plugin.state(), state.encode());
}

#[test]
fn the_takes_that_the_service_tells_are_saved_and_told_again() {
    let stage = Stage::new("takes");
    let recipe: Vec<u8> = (0..5_000u32).map(|k| (k * 31 % 251) as u8).collect();
    let service = stage.service(|behaviour| behaviour.takes = recipe.clone());
    let mut plugin = Plugin::default();
    plugin.render_offline(true);
    let player = plugin.start(48_000.0, 512);
    let (player, ()) = on_audio_thread(player, |player| {
        player.process(&Block::playing(0, 512));
    });
    let started = std::time::Instant::now();
    while State::decode(&plugin.state()).unwrap().takes != recipe {
        assert!(started.elapsed().as_secs() < 10, "the takes were not heard in 10 s");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    plugin.stop(player);
    let saved = plugin.state();
    drop(plugin);
    let mut reopened = Plugin::default();
    assert!(reopened.load(&saved));
    reopened.render_offline(true);
    let player = reopened.start(48_000.0, 512);
    on_audio_thread(player, |player| {
        player.process(&Block::playing(512, 512));
    });
    let opens = service.seen().opens;
    assert_eq!(opens.iter().map(|open| open.takes.len()).collect::<Vec<_>>(), [0, recipe.len()]);
    assert_eq!(opens[1].takes, recipe);
    assert_eq!(opens[0].instance_id, opens[1].instance_id);
}

#[test]
fn a_host_that_loads_on_a_wrong_thread_is_not_called_back_there() {
    let _stage = Stage::new("thread");
    let mut plugin = Plugin::default();
    let raw: *const clap_sys::plugin::clap_plugin = plugin.instance().raw_instance();
    let (raw, state) = (raw as usize, plugin.state());
    on_audio_thread((), |()| {
        // SAFETY: the plugin lives; that this is not its main thread is what is tried.
        unsafe {
            let raw = raw as *const clap_sys::plugin::clap_plugin;
            let found = (*raw).get_extension.unwrap()(raw, clap_sys::ext::state::CLAP_EXT_STATE.as_ptr());
            let found = found.cast::<clap_sys::ext::state::clap_plugin_state>();
            let mut reader = &*state;
            let mut stream = clack_host::stream::InputStream::from_reader(&mut reader);
            assert!((*found).load.unwrap()(raw, stream.as_raw_mut()));
        }
    });
    assert_eq!(plugin.rescans(), 0);
    assert!(plugin.load(&state));
    assert_eq!(plugin.rescans(), 1, "the control: on the main thread it is");
}

#[test]
#[cfg(target_os = "linux")]
fn instances_come_and_go_without_a_thread_left() {
    let stage = Stage::new("life");
    let _service = stage.service(|_| {});
    let threads = || std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count);
    let before = threads();
    for round in 0..100 {
        let mut plugin = Plugin::default();
        let mut player = plugin.start(48_000.0, 512);
        player.process(&Block::playing(round * 512, 512));
        plugin.stop(player);
    }
    // The fake service's own runtime may keep a thread or two.
    assert!(threads() <= before + 2, "{before} threads became {}", threads());
}
