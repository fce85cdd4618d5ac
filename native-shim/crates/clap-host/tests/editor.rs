//! The editor of the CLAP plugin in the hands of a person, with the X server's own pointer, and all that can go wrong with
//! hosts and servers.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

use clack_extensions::gui::{GuiApiType, GuiConfiguration, PluginGui, Window};
use simmer_clap_host::*;
use simmer_host_kit::editor_trials::{self as trials, Host, TEMPERATURE};
use simmer_host_kit::x::{BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, MOTION_NOTIFY_EVENT, Server, Window as XWindow};
use std::time::{Duration, Instant};

/// A host that plays, with the plugin's editor.
struct Clap {
    plugin: Plugin,
    /// `None`: on its way.
    player: Option<Player>,
    frame: i64,
    reported: Vec<trials::Step>,
    is_created: bool,
}

impl Clap {
    fn new() -> Clap {
        let mut plugin = Plugin::default();
        let player = Some(plugin.start(48_000.0, 512));
        Clap { plugin, player, frame: 0, reported: Vec::new(), is_created: false }
    }

    /// No process calls from here on.
    fn stop(&mut self) {
        if let Some(player) = self.player.take() {
            self.plugin.stop(player);
        }
    }

    fn gui(&mut self) -> PluginGui {
        self.plugin.instance().plugin_handle().get_extension().expect("an editor")
    }
}

impl Host for Clap {
    fn open(&mut self, window: u32, scale: f32) -> bool {
        let gui = self.gui();
        let handle = self.plugin.instance().plugin_handle();
        let configuration = GuiConfiguration { api_type: GuiApiType::X11, is_floating: false };
        assert!(gui.is_api_supported(&handle, configuration));
        let floating = GuiConfiguration { is_floating: true, ..configuration };
        assert!(!gui.is_api_supported(&handle, floating), "no window of its own");
        let elsewhere = GuiConfiguration { api_type: GuiApiType::COCOA, ..configuration };
        assert!(!gui.is_api_supported(&handle, elsewhere));
        gui.create(&handle, configuration).expect("it is made");
        self.is_created = true;
        gui.set_scale(&handle, f64::from(scale)).expect("it takes a scale");
        // SAFETY: the editor is closed before the window, or bears it.
        let is_open = unsafe { gui.set_parent(&handle, Window::from_x11_handle(window.into())) }.is_ok();
        is_open && gui.show(&handle).is_ok()
    }

    fn close(&mut self) {
        if std::mem::take(&mut self.is_created) {
            self.gui().destroy(&self.plugin.instance().plugin_handle());
        }
    }

    fn size(&mut self) -> (u32, u32) {
        let size = self.gui().get_size(&self.plugin.instance().plugin_handle()).expect("a size");
        (size.width, size.height)
    }

    fn run(&mut self, automation: Option<f64>) {
        let mut block = Block::playing(self.frame, 256);
        if let Some(plain) = automation {
            block = block.value(TEMPERATURE, 0, plain);
        }
        self.frame += 256;
        let player = self.player.take().expect("a player");
        let (player, steps) = on_audio_thread(player, |player| {
            player.process(&block);
            player.reported_steps().to_vec()
        });
        self.player = Some(player);
        // The rest is what the plugin tells of itself.
        let of_people = steps.iter().filter_map(|step| match *step {
            Step::Begin(id) => Some(trials::Step::Begin(id)),
            Step::Value(TEMPERATURE, value) => Some(trials::Step::Value(TEMPERATURE, value)),
            Step::Value(..) => None,
            Step::End(id) => Some(trials::Step::End(id)),
        });
        self.reported.extend(of_people);
        std::thread::sleep(Duration::from_millis(3));
    }

    fn reported(&mut self) -> Vec<trials::Step> {
        self.reported.clone()
    }

    fn value(&mut self) -> f64 {
        self.plugin.value(TEMPERATURE)
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

impl Drop for Clap {
    fn drop(&mut self) {
        self.stop();
    }
}

fn trial(name: &str, body: impl Fn(&mut Clap)) {
    let _stage = Stage::new(&format!("editor-{name}"));
    body(&mut Clap::new());
}

#[test]
fn it_shows_what_the_host_says() {
    trial("shows", |host| trials::shows_what_the_host_says(host, 1.0));
    trial("shows-2", |host| trials::shows_what_the_host_says(host, 2.0));
}

#[test]
fn it_notices_the_service() {
    let stage = Stage::new("editor-service");
    trials::notices_the_service(&mut Clap::new(), || stage.service(|_| {}));
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
fn a_plugin_without_process_calls_asks_for_a_flush() {
    let _stage = Stage::new("editor-flush");
    let server = Server::start();
    let window = XWindow::new(&server.display);
    let mut host = Clap::new();
    host.stop();
    host.set_display(Some(&server.display));
    assert!(host.open(window.window, 1.0));
    window.fake(MOTION_NOTIFY_EVENT, 0, (100, 100));
    for kind in [BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT] {
        let (wheel_up, here) = (4, (0, 0));
        window.fake(kind, wheel_up, here);
    }
    let end = Instant::now() + Duration::from_secs(20);
    while host.plugin.flushes() < 3 {
        assert!(Instant::now() < end, "{} requests", host.plugin.flushes());
        std::thread::sleep(Duration::from_millis(5));
    }
    host.plugin.flush(&[]);
    assert!((host.value() - 1.01).abs() < 1e-9, "{}", host.value());
    // Left open, it ends with the plugin.
    drop(host);
    assert!(window.children().is_empty());
}
