//! The editor of the VST3 plugin in the hands of a person, with the X server's own pointer, and all that can go wrong with
//! hosts and servers.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

mod support;

use simmer_host::{Block, HostSide, Mode, Plugin};
use simmer_host_kit::editor_trials::{self as trials, Host, Step, TEMPERATURE};
use simmer_host_kit::gestures::Phase;
use simmer_host_kit::x::{Server, Window};
use std::ffi::c_void;
use std::time::Duration;
use support::*;
use vst3::ComPtr;
use vst3::Steinberg::Vst::{IEditControllerTrait, ViewType};
use vst3::Steinberg::*;

/// The plugin's view; `None`: it has none.
fn view_of(plugin: &Plugin) -> Option<ComPtr<IPlugView>> {
    // SAFETY: the plugin's object, and a name that ends with a zero; what it gives is ours.
    unsafe { ComPtr::from_raw(plugin.controller().createView(ViewType::kEditor)) }
}

/// Whether the view has opened in a window.
fn attach(view: &ComPtr<IPlugView>, window: u32) -> bool {
    // SAFETY: the plugin's object; on X11 the pointer is the window's number.
    unsafe { view.attached(window as usize as *mut c_void, kPlatformTypeX11EmbedWindowID) == kResultOk }
}

/// A host that plays, with one editor.
struct Vst3 {
    plugin: Plugin,
    /// The module knows of a run loop: then it is the UI thread that is told, and no other.
    run_loop: bool,
    view: Option<ComPtr<IPlugView>>,
    frame: i64,
}

impl Vst3 {
    /// With or without a run loop.
    fn new(run_loop: bool) -> Vst3 {
        let plugin = Plugin::with_host(&MODULE, 512, &HostSide { run_loop, ..HostSide::default() });
        plugin.start(Mode::Realtime, 48_000.0, 512);
        Vst3 { plugin, run_loop, view: None, frame: 0 }
    }
}

impl Host for Vst3 {
    fn open(&mut self, window: u32, scale: f32) -> bool {
        let view = view_of(&self.plugin).expect("a view");
        let scalable = view.cast::<IPlugViewContentScaleSupport>().expect("it takes a scale");
        // SAFETY: the plugin's object.
        assert_eq!(unsafe { scalable.setContentScaleFactor(scale) }, kResultOk);
        let is_open = attach(&view, window);
        self.view = is_open.then_some(view);
        is_open
    }

    fn close(&mut self) {
        // SAFETY: the plugin's object.
        let closed = self.view.take().map(|view| unsafe { view.removed() });
        assert!(closed.is_none_or(|closed| closed == kResultOk));
    }

    fn size(&mut self) -> (u32, u32) {
        let mut size = ViewRect { left: 0, top: 0, right: 0, bottom: 0 };
        // SAFETY: the plugin's object, and a place to fill.
        assert_eq!(unsafe { self.view.as_ref().unwrap().getSize(&mut size) }, kResultOk);
        ((size.right - size.left) as u32, (size.bottom - size.top) as u32)
    }

    fn run(&mut self, automation: Option<f64>) {
        let mut block = Block::playing(self.frame, 256);
        // What was set by hand comes back in the next call.
        for (id, normalised) in self.plugin.gestures.take_fresh() {
            block = block.point(id, 0, normalised);
        }
        if let Some(plain) = automation {
            let normalised = self.plugin.normalised(TEMPERATURE, plain);
            block = block.point(TEMPERATURE, 0, normalised);
            // Hosts tell both halves.
            // SAFETY: the plugin's object.
            unsafe { self.plugin.controller().setParamNormalized(TEMPERATURE, normalised) };
        }
        self.frame += 256;
        // A call on the thread that has set the plugin up is a bounce's.
        std::thread::scope(|scope| {
            scope.spawn(|| self.plugin.process(&block).len());
        });
        self.plugin.turn(Duration::from_millis(2));
        std::thread::sleep(Duration::from_millis(2));
    }

    fn reported(&mut self) -> Vec<Step> {
        let plain = |id, value| self.plugin.plain(id, value);
        let step = |step: simmer_host_kit::gestures::Step| match step.phase {
            Phase::Begin => Step::Begin(step.id),
            Phase::Perform(value) => Step::Value(step.id, plain(step.id, value)),
            Phase::End => Step::End(step.id),
        };
        let steps = self.plugin.gestures.steps();
        let here = std::thread::current().id();
        assert!(!self.run_loop || steps.iter().all(|step| step.thread == here), "told on the UI thread: {steps:?}");
        steps.into_iter().map(step).collect()
    }

    fn value(&mut self) -> f64 {
        // SAFETY: the plugin's object.
        let normalised = unsafe { self.plugin.controller().getParamNormalized(TEMPERATURE) };
        self.plugin.plain(TEMPERATURE, normalised)
    }

    fn set_display(&mut self, display: Option<&str>) {
        // SAFETY: tests take turns, and no editor is open whose thread could read it.
        unsafe {
            match display {
                Some(display) => std::env::set_var("DISPLAY", display),
                None => std::env::remove_var("DISPLAY"),
            }
        }
    }
}

/// Each trial in a host with and without a run loop of the module's.
fn trial(name: &str, body: impl Fn(&mut Vst3)) {
    for run_loop in [false, true] {
        let stage = Stage::new(&format!("editor-{name}"));
        body(&mut Vst3::new(run_loop));
        drop(stage);
    }
}

#[test]
fn it_shows_what_the_host_says() {
    trial("shows", |host| trials::shows_what_the_host_says(host, 1.0));
    trial("shows-2", |host| trials::shows_what_the_host_says(host, 2.0));
}

#[test]
fn it_notices_the_service() {
    let stage = Stage::new("editor-service");
    trials::notices_the_service(&mut Vst3::new(true), || stage.service(|_| {}));
}

#[test]
fn a_drag_is_a_gesture_at_any_scale() {
    trial("drag", |host| trials::a_drag_is_a_gesture(host, 1.0));
    trial("drag-2", |host| trials::a_drag_is_a_gesture(host, 2.0));
}

#[test]
fn shift_is_finer_the_wheel_turns_and_two_clicks_begin_anew() {
    trial("fine", trials::fine_wheel_and_double_click);
}

#[test]
fn hand_and_automation_do_not_fight() {
    trial("fight", trials::no_fight_with_automation);
}

#[test]
fn closing_under_the_hand_lets_go() {
    trial("closing", trials::closing_lets_go);
}

#[test]
fn a_window_may_go_first() {
    trial("gone", trials::a_window_that_is_gone_first);
}

#[test]
fn a_server_may_die_or_hang() {
    trial("dies", trials::a_server_that_dies);
    trial("hangs", trials::a_server_that_hangs);
}

#[test]
fn fifty_editors_leave_nothing_behind() {
    trial("lives", trials::fifty_lives);
}

#[test]
fn the_button_opens_the_page() {
    trial("page", trials::opens_the_page);
}

#[test]
fn without_a_server_there_is_none() {
    trial("none", trials::no_server_no_editor);
}

#[test]
fn one_that_is_left_open_ends_with_its_view_also_after_its_plugin() {
    let _stage = Stage::new("editor-left");
    let server = Server::start();
    // SAFETY: tests take turns, and no editor is open whose thread could read it.
    unsafe { std::env::set_var("DISPLAY", &server.display) };
    let host = Window::new(&server.display);
    // Not set up yet, either.
    let plugin = Plugin::with_host(&MODULE, 512, &HostSide::default());
    let view = view_of(&plugin).expect("a view");
    assert!(attach(&view, host.window));
    drop(plugin);
    assert_eq!(host.children().len(), 1);
    drop(view);
    assert!(host.children().is_empty());
}

#[test]
fn without_its_component_there_is_no_editor() {
    let _stage = Stage::new("editor-alone");
    assert!(view_of(&Plugin::new(&MODULE)).is_none());
}
