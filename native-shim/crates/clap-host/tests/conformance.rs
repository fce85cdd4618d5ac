//! Whatever a host may do wrong or unusually: no crash, finite output, the right text and the right state.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

use clack_extensions::audio_ports::{AudioPortFlags, AudioPortInfoBuffer, AudioPortType};
use clack_extensions::params::{ParamInfoBuffer, ParamInfoFlags};
use clack_host::prelude::*;
use clap_sys::process::{CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR};
use simmer_clap_host::*;
use simmer_core::parameter::{Kind, PARAMETERS};
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
