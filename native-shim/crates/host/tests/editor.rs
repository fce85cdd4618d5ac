//! The editor of the VST3 plugin in a window of a real X server: opened, turned, closed and opened again.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

mod support;

use simmer_host::hands::Phase;
use simmer_host::x::{BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, Server, Window};
use simmer_host::{Block, HostSide, Mode, Plugin};
use std::ffi::c_void;
use std::time::{Duration, Instant};
use support::*;
use vst3::ComPtr;
use vst3::Steinberg::Vst::{IEditControllerTrait, ViewType};
use vst3::Steinberg::*;

/// The plugin's view; `None`: it has none.
fn view_of(plugin: &Plugin) -> Option<ComPtr<IPlugView>> {
    // SAFETY: the plugin's object, and a name that ends with a zero; what it gives is ours.
    unsafe { ComPtr::from_raw(plugin.controller().createView(ViewType::kEditor)) }
}

fn attach(view: &ComPtr<IPlugView>, window: u32) -> tresult {
    // SAFETY: the plugin's object; on X11 the pointer is the window's number.
    unsafe { view.attached(window as usize as *mut c_void, kPlatformTypeX11EmbedWindowID) }
}

fn removed(view: &ComPtr<IPlugView>) {
    // SAFETY: the plugin's object.
    assert_eq!(unsafe { view.removed() }, kResultOk);
}

fn until(what: &str, plugin: &Plugin, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        plugin.turn(Duration::from_millis(5));
    }
}

fn told(plugin: &Plugin) -> Vec<Phase> {
    plugin.gestures.steps().iter().map(|step| step.phase).collect()
}

#[test]
fn a_hand_in_the_editor_is_a_gesture_of_the_host_and_automation_moves_the_picture() {
    let stage = Stage::new("editor");
    let _service = stage.service(|_| {});
    let server = Server::start();
    // SAFETY: tests take turns, and no thread of an earlier turn reads it.
    unsafe { std::env::set_var("DISPLAY", &server.display) };
    let host = Window::new(&server.display);
    let side = HostSide { run_loop: true, track: None };
    let mut plugin = Plugin::with_host(&MODULE, 512, &side);
    let view = view_of(&plugin).expect("a view");
    let mut size = ViewRect { left: 0, top: 0, right: 0, bottom: 0 };
    // SAFETY: the plugin's object, and a place to fill.
    assert_eq!(unsafe { view.getSize(&mut size) }, kResultOk);
    assert_eq!((size.right, size.bottom), (420, 200));
    assert_eq!(attach(&view, host.window), kResultOk);
    let without = host.picture();

    plugin.start(Mode::Realtime, 48_000.0, 512);
    until("the service is seen", &plugin, || host.picture() != without);
    // 60 points upwards are 0.4 of the range of 2: from 1.0 to 1.4, which is 0.7 of it.
    host.button(BUTTON_PRESS_EVENT, 1, 100, 100, 1000);
    host.motion(100, 40);
    until("the value", &plugin, || told(&plugin).len() == 2);
    host.button(BUTTON_RELEASE_EVENT, 1, 100, 40, 1100);
    until("the end", &plugin, || told(&plugin).len() == 3);
    let [Phase::Begin, Phase::Perform(value), Phase::End] = told(&plugin)[..] else { panic!("{:?}", told(&plugin)) };
    assert!((value - 0.7).abs() < 1e-6, "{value}");
    assert!(plugin.gestures.steps().iter().all(|step| step.thread == std::thread::current().id()), "by its run loop");

    // The host's automation moves the picture, and tells nobody.
    let turned = host.picture();
    let mut block = Block::playing(0, 512);
    block.points.push((0, 0, plugin.normalised(0, 0.6)));
    (0..8).for_each(|_| drop(plugin.process(&block).to_vec()));
    until("another picture", &plugin, || host.picture() != turned);
    assert_eq!(told(&plugin).len(), 3);

    // Closed while it is held: the gesture ends.
    host.button(BUTTON_PRESS_EVENT, 1, 100, 100, 9000);
    until("a hold", &plugin, || told(&plugin).len() == 4);
    removed(&view);
    assert!(host.children().is_empty());
    until("its end", &plugin, || told(&plugin).last() == Some(&Phase::End));

    for _ in 0..20 {
        assert_eq!(attach(&view, host.window), kResultOk);
        removed(&view);
    }
    assert_eq!(attach(&view, 0xdead), kResultFalse, "no such window");
    drop(view);
    // An editor that is left open ends with its view; the plugin may end before it.
    let view = view_of(&plugin).expect("a view");
    assert_eq!(attach(&view, host.window), kResultOk);
    drop(plugin);
    drop(view);
    assert!(host.children().is_empty());
}

#[test]
fn without_its_component_there_is_no_editor() {
    let _stage = Stage::new("editor-alone");
    assert!(view_of(&Plugin::new(&MODULE)).is_none());
}
