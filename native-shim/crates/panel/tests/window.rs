//! A panel in a window of a real X server, as a host would have it: what is seen, what a hand does, and how it ends.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use simmer_panel::{Desk, Panel, Tone, Turn, View};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::*;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// An Xvfb of our own, on a display that it chose.
struct Server {
    child: Child,
    display: String,
}

impl Server {
    fn start() -> Server {
        let mut child = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb (Debian's package xvfb)");
        let mut number = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Server { child, display: format!(":{}", number.trim()) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The host's own window.
struct Host {
    connection: RustConnection,
    window: u32,
}

impl Host {
    fn new(display: &str) -> Host {
        let (connection, screen) = RustConnection::connect(Some(display)).unwrap();
        let (window, root) = (connection.generate_id().unwrap(), connection.setup().roots[screen].root);
        let values = CreateWindowAux::new();
        connection.create_window(24, window, root, 0, 0, 900, 500, 0, WindowClass::INPUT_OUTPUT, 0, &values).unwrap();
        connection.map_window(window).unwrap();
        connection.sync().unwrap();
        Host { connection, window }
    }

    fn children(&self) -> Vec<u32> {
        self.connection.query_tree(self.window).unwrap().reply().unwrap().children
    }

    /// The pixels of the panel: blue, green, red, nothing.
    fn picture(&self) -> Vec<u8> {
        let panel = self.children()[0];
        let size = self.connection.get_geometry(panel).unwrap().reply().unwrap();
        let whole = self.connection.get_image(ImageFormat::Z_PIXMAP, panel, 0, 0, size.width, size.height, !0);
        whole.unwrap().reply().unwrap().data
    }

    fn send(&self, event: impl Into<[u8; 32]>, mask: EventMask) {
        self.connection.send_event(false, self.children()[0], mask, event.into()).unwrap();
        self.connection.sync().unwrap();
    }

    fn button(&self, kind: u8, button: u8, x: i16, y: i16, time: u32) {
        let mask = if kind == BUTTON_PRESS_EVENT { EventMask::BUTTON_PRESS } else { EventMask::BUTTON_RELEASE };
        self.send(self.pointer(kind, button, x, y, time), mask);
    }

    fn pointer(&self, kind: u8, detail: u8, x: i16, y: i16, time: u32) -> ButtonPressEvent {
        ButtonPressEvent {
            response_type: kind,
            detail,
            sequence: 0,
            time,
            root: self.window,
            event: self.children()[0],
            child: 0,
            root_x: x,
            root_y: y,
            event_x: x,
            event_y: y,
            state: KeyButMask::default(),
            same_screen: true,
        }
    }

    fn motion(&self, x: i16, y: i16) {
        let ButtonPressEvent { time, root, event, .. } = self.pointer(MOTION_NOTIFY_EVENT, 0, x, y, 0);
        let motion = MotionNotifyEvent {
            response_type: MOTION_NOTIFY_EVENT,
            detail: Motion::NORMAL,
            sequence: 0,
            time,
            root,
            event,
            child: 0,
            root_x: x,
            root_y: y,
            event_x: x,
            event_y: y,
            state: KeyButMask::BUTTON1,
            same_screen: true,
        };
        self.send(motion, EventMask::POINTER_MOTION);
    }
}

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
    let (host, told) = (Host::new(&server.display), Told::new(0.6));
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
    assert_eq!(host.children(), []);
}

#[test]
fn a_drag_is_a_gesture_and_closing_ends_it() {
    let server = Server::start();
    let (host, told) = (Host::new(&server.display), Told::new(1.0));
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
    let (host, told) = (Host::new(&server.display), Told::new(1.0));
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
    let (host, told) = (Host::new(&server.display), Told::new(1.0));
    let count = |folder: &str| std::fs::read_dir(folder).unwrap().count();
    let open = || Panel::open_on(Some(&server.display), host.window, 1.0, Box::new(told.clone())).expect("a panel");
    drop(open());
    let before = (count("/proc/self/fd"), count("/proc/self/task"));
    for _ in 0..50 {
        drop(open());
    }
    assert_eq!(host.children(), []);
    // Other tests of this process come and go beside this one.
    let slack = 30;
    assert!(count("/proc/self/fd") <= before.0 + slack && count("/proc/self/task") <= before.1 + slack);
}

#[test]
fn without_a_server_there_is_none_and_one_that_dies_takes_nothing_with_it() {
    let told = Told::new(1.0);
    assert!(Panel::open_on(Some(":987"), 1, 1.0, Box::new(told.clone())).is_none());
    let mut server = Server::start();
    let host = Host::new(&server.display);
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
    let (host, told) = (Host::new(&server.display), Told::new(1.0));
    let panel = Panel::open_on(Some(&server.display), host.window, 1.0, Box::new(told)).expect("a panel");
    host.connection.destroy_window(host.window).unwrap();
    host.connection.sync().unwrap();
    drop(panel);
}
