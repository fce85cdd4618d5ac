//! The library comes and goes while another copy of it plays. A process of its own: it looks at what is loaded.
//!
//! The plugin is linked so that it stays mapped (`crates/vst3/build.rs`): no thread of an instance that ended slowly can
//! find its code gone. So nothing is unloaded here, and what is held to is that nothing is there twice or left behind.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod support;

use libloading::{Library, Symbol};
use simmer_fake_service::formula;
use simmer_host::{Block, Plugin};
use simmer_host_kit::built_library;
use std::ffi::c_void;
use std::path::Path;
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use support::*;
use vst3::ComPtr;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;

/// How many regions of this process's memory are of that file.
fn mappings(path: &Path) -> usize {
    let name = path.to_string_lossy().into_owned();
    std::fs::read_to_string("/proc/self/maps").unwrap().lines().filter(|line| line.contains(&name)).count()
}

/// Loads the library, has an instance live in it, and unloads it again.
fn come_and_go(path: &Path, round: usize) {
    // SAFETY: VST3's entry points with their types; every object is released before the library is closed.
    unsafe {
        let library = Library::new(path).unwrap();
        let entry: Symbol<'_, extern "system" fn(*mut c_void) -> bool> = library.get(b"ModuleEntry").unwrap();
        assert!(entry(null_mut()));
        let get: Symbol<'_, extern "system" fn() -> *mut IPluginFactory> = library.get(b"GetPluginFactory").unwrap();
        let factory = ComPtr::from_raw(get()).unwrap();
        let mut info: PClassInfo = std::mem::zeroed();
        assert_eq!(factory.getClassInfo(0, &mut info), kResultOk);
        let mut object = null_mut();
        assert_eq!(factory.createInstance(info.cid.as_ptr(), IComponent_iid.as_ptr(), &mut object), kResultOk);
        let component = ComPtr::from_raw(object.cast::<IComponent>()).unwrap();
        assert_eq!(component.initialize(null_mut()), kResultOk);
        if !round.is_multiple_of(3) {
            let processor = component.cast::<IAudioProcessor>().unwrap();
            let mut setup =
                ProcessSetup { processMode: 0, symbolicSampleSize: 0, maxSamplesPerBlock: 64, sampleRate: 48_000.0 };
            assert_eq!(processor.setupProcessing(&mut setup), kResultOk);
            assert_eq!(component.setActive(1), kResultOk);
            // A third ends while its link comes up, a third when it is there.
            std::thread::sleep(Duration::from_millis(if round % 3 == 1 { 0 } else { 30 }));
            component.setActive(0);
        }
        component.terminate();
        drop((component, factory));
        let exit: Symbol<'_, extern "system" fn() -> bool> = library.get(b"ModuleExit").unwrap();
        assert!(exit());
        library.close().unwrap();
    }
}

#[test]
fn a_hundred_loads_and_unloads_beside_an_instance_that_renders() {
    census::sees_what_stays();
    let stage = Stage::new("unload");
    let _service = stage.service(|_| {});
    // A file of its own: the same one would only be counted, not loaded again.
    let copy = stage.folder.join("another.so");
    std::fs::copy(built_library("simmer_vst3"), &copy).unwrap();
    let plugin = realtime_plugin();
    let goes_on = Arc::new(AtomicBool::new(true));
    let rendering = std::thread::spawn({
        let goes_on = goes_on.clone();
        move || render_until(plugin, &goes_on)
    });
    let on_its_own_thread =
        |round: usize| std::thread::scope(|scope| scope.spawn(|| come_and_go(&copy, round)).join()).unwrap();
    on_its_own_thread(0);
    std::thread::sleep(Duration::from_millis(300));
    let before = census::take();
    let regions = mappings(&copy);
    assert!(regions > 0, "it stays mapped, once it was loaded");
    for round in 0..100 {
        // Hosts unload where they loaded, or on a thread that ends with it.
        if round < 50 {
            on_its_own_thread(round);
        } else {
            come_and_go(&copy, round);
        }
        assert_eq!(mappings(&copy), regions, "round {round}: it is loaded once");
    }
    settled(before);
    goes_on.store(false, Ordering::Relaxed);
    let rendered = rendering.join().unwrap();
    assert!(rendered > 0);
    // The renderer's songs would hide a leak; without it a hundred loads must cost nothing.
    let before = census::take();
    (0..100).for_each(|round| come_and_go(&copy, round));
    let after = settled(before);
    let grown = after.resident_bytes.saturating_sub(before.resident_bytes);
    println!("{rendered} frames were rendered beside a hundred loads; {grown} bytes more after another hundred");
    assert!(grown < 16 << 20, "{grown} bytes in a hundred loads");
}

fn settled(before: census::Census) -> census::Census {
    census::settles_to(before, Duration::from_secs(20)).unwrap_or_else(|after| panic!("{before:?} became {after:?}"))
}

/// Renders and checks frame after frame; how many.
fn render_until(mut plugin: Plugin, goes_on: &AtomicBool) -> i64 {
    let mut frame = 0;
    while goes_on.load(Ordering::Relaxed) {
        let audio = plugin.process(&Block::playing(frame, 512).offline());
        for (value, at) in audio.iter().zip(frame..) {
            assert!((value - (formula(1, at) + 0.1)).abs() < 2e-6, "frame {at}: {value}");
        }
        frame += 512;
        std::thread::sleep(Duration::from_millis(1));
    }
    frame
}
