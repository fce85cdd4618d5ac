//! What a song keeps of an instance, in this format and the other.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

use clap_sys::process::CLAP_PROCESS_CONTINUE;
use simmer_clap_host::*;
use simmer_core::State;
use simmer_core::parameter::PARAMETERS;
use simmer_fake_service::temperature_of;

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
    let vst3 = simmer_host::Plugin::new(&simmer_host::Module::load(&simmer_host_kit::built_library("simmer_vst3")));
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
