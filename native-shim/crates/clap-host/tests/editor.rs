//! The editor of the CLAP plugin in a window of a real X server: opened, turned, closed and opened again.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

use clap_sys::ext::gui::*;
use clap_sys::plugin::clap_plugin;
use simmer_clap_host::*;
use simmer_host::x::{BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, Server, Window};
use std::time::{Duration, Instant};

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The plugin's gui extension, and the plugin as it wants to be called.
struct Gui {
    raw: *const clap_plugin,
    gui: &'static clap_plugin_gui,
}

impl Gui {
    fn of(plugin: &mut Plugin) -> Gui {
        let raw: *const clap_plugin = plugin.instance().raw_instance();
        // SAFETY: the plugin's own pointer, and what CLAP says that the extension is; it is static.
        let gui =
            unsafe { (*raw).get_extension.unwrap()(raw, CLAP_EXT_GUI.as_ptr()).cast::<clap_plugin_gui>().as_ref() };
        Gui { raw, gui: gui.expect("an editor") }
    }

    fn open(&self, window: u32, scale: f64) -> bool {
        let api = CLAP_WINDOW_API_X11.as_ptr();
        let window = clap_window { api, specific: clap_window_handle { x11: window.into() } };
        // SAFETY: in the order that CLAP says, with a window of the kind that it says it is.
        unsafe {
            assert!(self.gui.is_api_supported.unwrap()(self.raw, api, false));
            assert!(!self.gui.is_api_supported.unwrap()(self.raw, api, true), "no window of its own");
            assert!(!self.gui.is_api_supported.unwrap()(self.raw, c"cocoa".as_ptr(), false));
            self.gui.create.unwrap()(self.raw, api, false)
                && self.gui.set_scale.unwrap()(self.raw, scale)
                && self.gui.set_parent.unwrap()(self.raw, &window)
                && self.gui.show.unwrap()(self.raw)
        }
    }

    fn size(&self) -> (u32, u32) {
        let (mut width, mut height) = (0, 0);
        // SAFETY: places to fill.
        assert!(unsafe { self.gui.get_size.unwrap()(self.raw, &mut width, &mut height) });
        (width, height)
    }

    fn close(&self) {
        // SAFETY: the plugin's own pointer.
        unsafe { self.gui.destroy.unwrap()(self.raw) };
    }
}

fn of_hands(steps: &[Step]) -> Vec<Step> {
    let is_own = |step: &Step| matches!(step, Step::Value(8 | 9, _));
    steps.iter().filter(|step| !is_own(step)).copied().collect()
}

#[test]
fn a_hand_in_the_editor_is_a_gesture_and_what_the_host_says_is_seen() {
    let stage = Stage::new("clap-editor");
    let _service = stage.service(|_| {});
    let server = Server::start();
    // SAFETY: tests take turns, and no thread of an earlier turn reads it.
    unsafe { std::env::set_var("DISPLAY", &server.display) };
    let host = Window::new(&server.display);
    let mut plugin = Plugin::default();
    let gui = Gui::of(&mut plugin);
    assert!(gui.open(host.window, 2.0));
    assert_eq!(gui.size(), (840, 400));

    // Before it is active: flush tells what a hand did.
    host.button(BUTTON_PRESS_EVENT, 1, 200, 200, 1000);
    host.motion(200, 80);
    host.button(BUTTON_RELEASE_EVENT, 1, 200, 80, 1100);
    until("the plugin asks for a call", || plugin.flushes() >= 3);
    plugin.flush(&[]);
    assert!((plugin.value(0) - 1.4).abs() < 1e-9, "{}", plugin.value(0));

    let player = plugin.start(48_000.0, 512);
    let asked = plugin.flushes();
    host.button(BUTTON_PRESS_EVENT, 4, 200, 200, 9000);
    until("the plugin asks again", || plugin.flushes() >= asked + 3);
    let (player, told) = on_audio_thread(player, |player| {
        player.process(&Block::playing(0, 64));
        of_hands(player.told_steps())
    });
    let [Step::Begin(0), Step::Value(0, value), Step::End(0)] = told[..] else { panic!("{told:?}") };
    assert!((value - 1.41).abs() < 1e-9, "{value}");

    // Closed while it is held: the host hears the end.
    let asked = plugin.flushes();
    host.button(BUTTON_PRESS_EVENT, 1, 200, 200, 20_000);
    until("a hold", || plugin.flushes() > asked);
    gui.close();
    assert!(host.children().is_empty());
    let (player, told) = on_audio_thread(player, |player| {
        player.process(&Block::playing(64, 64));
        of_hands(player.told_steps())
    });
    assert_eq!(told, [Step::Begin(0), Step::End(0)]);
    plugin.stop(player);

    for _ in 0..20 {
        assert!(gui.open(host.window, 1.0));
        gui.close();
    }
    assert!(!gui.open(0xdead, 1.0), "no such window");
    // Left open: it ends with the plugin.
    assert!(gui.open(host.window, 1.0));
    drop(plugin);
    assert!(host.children().is_empty());
}
