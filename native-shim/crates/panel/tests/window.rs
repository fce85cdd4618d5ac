//! A panel in a window of a real X server, as a host would have it: what is seen, what a hand does, and how it ends.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use simmer_host::x::{BUTTON_PRESS_EVENT, Server, Window};
use simmer_panel::{Desk, Panel, Tone, Turn, View};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use x11rb::protocol::xproto::ConnectionExt as _;
use x11rb::wrapper::ConnectionExt as _;

/// What is behind the panel here: a temperature, and all that a hand did.
#[derive(Clone)]
struct Told(Arc<Mutex<(f64, Vec<Turn>, usize)>>);

impl Told {
    fn new(temperature: f64) -> Told {
        Told(Arc::new(Mutex::new((temperature, Vec::new(), 0))))
    }

    fn turns(&self) -> Vec<Turn> {
        self.0.lock().unwrap().1.clone()
    }
}

impl Desk for Told {
    fn view(&self) -> View {
        View {
            temperature: self.0.lock().unwrap().0,
            useful: (0.6, 1.2),
            default: 0.95,
            model: "One song".into(),
            tone: Tone::Calm,
            status: "Connected".into(),
            advice: String::new(),
        }
    }

    fn turn(&self, turn: Turn) {
        self.0.lock().unwrap().1.push(turn);
    }

    fn open_page(&self) -> Result<(), String> {
        self.0.lock().unwrap().2 += 1;
        Err("No browser answers.".into())
    }
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn distinct(picture: &[u8]) -> usize {
    let colours: std::collections::HashSet<&[u8]> = picture.chunks_exact(4).map(|pixel| &pixel[..3]).collect();
    colours.len()
}

#[test]
fn it_shows_the_temperature_in_its_colour_and_follows_the_host() {
    let server = Server::start();
    let (host, told) = (Window::new(&server.display), Told::new(0.6));
    let panel = Panel::open_on(Some(&server.display), host.window, 1.0, Box::new(told.clone())).expect("a panel");
    until("a picture", || distinct(&host.picture()) > 50);
    let cold = host.picture();
    told.0.lock().unwrap().0 = 1.2;
    until("another picture", || host.picture() != cold);
    // Inside the ring there is only the pointer: blue at 0.6, red at 1.2.
    let pixel = |picture: &[u8], temperature: f32| -> (u8, u8) {
        let angle = (-135.0 + 270.0 * temperature / 2.0).to_radians();
        let (x, y) = ((100.0 + 58.0 * angle.sin()) as usize, (100.0 - 58.0 * angle.cos()) as usize);
        let at = 4 * (y * 420 + x);
        (picture[at], picture[at + 2])
    };
    let (blue, red) = pixel(&cold, 0.6);
    assert!(blue > red.saturating_add(60), "{blue} {red}");
    let (blue, red) = pixel(&host.picture(), 1.2);
    assert!(red > blue.saturating_add(60), "{blue} {red}");
    drop(panel);
    assert!(host.children().is_empty());
}

#[test]
fn a_drag_is_a_gesture_and_closing_ends_it() {
    let server = Server::start();
    let (host, told) = (Window::new(&server.display), Told::new(1.0));
    let panel = Panel::open_on(Some(&server.display), host.window, 2.0, Box::new(told.clone())).expect("a panel");
    // At twice the size, places are twice as far.
    host.button(BUTTON_PRESS_EVENT, 1, 200, 200, 1000);
    host.motion(200, 140);
    until("a value", || told.turns() == [Turn::Begin, Turn::Perform(1.2)]);
    // The host says another one meanwhile: the hand stays where it is.
    told.0.lock().unwrap().0 = 0.3;
    host.motion(200, 140);
    drop(panel);
    assert_eq!(told.turns(), [Turn::Begin, Turn::Perform(1.2), Turn::End]);
}

#[test]
fn the_button_asks_for_the_page_and_says_what_went_wrong() {
    let server = Server::start();
    let (host, told) = (Window::new(&server.display), Told::new(1.0));
    let _panel = Panel::open_on(Some(&server.display), host.window, 1.0, Box::new(told.clone())).expect("a panel");
    let before = host.picture();
    host.button(BUTTON_PRESS_EVENT, 1, 230, 160, 1000);
    until("the page", || told.0.lock().unwrap().2 == 1);
    until("what went wrong", || host.picture() != before);
    assert_eq!(told.turns(), []);
}

#[test]
fn fifty_panels_leave_nothing_behind() {
    let server = Server::start();
    let (host, told) = (Window::new(&server.display), Told::new(1.0));
    let count = |folder: &str| std::fs::read_dir(folder).unwrap().count();
    let open = || Panel::open_on(Some(&server.display), host.window, 1.0, Box::new(told.clone())).expect("a panel");
    drop(open());
    let before = (count("/proc/self/fd"), count("/proc/self/task"));
    for _ in 0..50 {
        drop(open());
    }
    assert!(host.children().is_empty());
    // Other tests of this process come and go beside this one.
    let slack = 30;
    assert!(count("/proc/self/fd") <= before.0 + slack && count("/proc/self/task") <= before.1 + slack);
}

#[test]
fn without_a_server_there_is_none_and_one_that_dies_takes_nothing_with_it() {
    let told = Told::new(1.0);
    assert!(Panel::open_on(Some(":987"), 1, 1.0, Box::new(told.clone())).is_none());
    let mut server = Server::start();
    let host = Window::new(&server.display);
    assert!(Panel::open_on(Some(&server.display), 0xdead, 1.0, Box::new(told.clone())).is_none(), "no such window");
    let panel = Panel::open_on(Some(&server.display), host.window, 1.0, Box::new(told.clone())).expect("a panel");
    host.button(BUTTON_PRESS_EVENT, 1, 100, 100, 1000);
    until("a hold", || told.turns() == [Turn::Begin]);
    server.child.kill().unwrap();
    until("the end of the gesture", || told.turns() == [Turn::Begin, Turn::End]);
    drop(panel);
}

#[test]
fn a_host_that_destroys_its_window_first_is_no_matter() {
    let server = Server::start();
    let (host, told) = (Window::new(&server.display), Told::new(1.0));
    let panel = Panel::open_on(Some(&server.display), host.window, 1.0, Box::new(told)).expect("a panel");
    host.connection.destroy_window(host.window).unwrap();
    host.connection.sync().unwrap();
    drop(panel);
}
