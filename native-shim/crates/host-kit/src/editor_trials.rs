//! What an editor must bear and do in a host of either format: the same trials for both.

mod trial;

use crate::x::{Server, Window};
use simmer_panel::{HEIGHT, Part, WIDTH};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};
pub use trial::{Host, Step, TEMPERATURE, Trial};
use trial::{LEFT, NEAR, WHEEL_UP, warmth};

/// It has the size it says, is drawn, and follows the host's automation by its colours, without an answer of its own.
pub fn shows_what_the_host_says<H: Host>(host: &mut H, scale: f32) {
    let mut trial = Trial::begin(host, scale);
    let picture = trial.picture();
    let wanted = ((WIDTH * scale) as u32, (HEIGHT * scale) as u32);
    assert_eq!(trial.host.size(), wanted);
    assert_eq!(picture.len(), 4 * (wanted.0 * wanted.1) as usize);
    let show = |trial: &mut Trial<'_, H>, temperature: f64| {
        trial.host.run(Some(temperature));
        trial.until("the host's value", |trial| (trial.host.value() - temperature).abs() < NEAR);
        trial.settled()
    };
    let cold = show(&mut trial, 0.2);
    let hot = show(&mut trial, 1.9);
    assert!(warmth(&hot) > warmth(&cold) + 1000, "hot {} cold {}", warmth(&hot), warmth(&cold));
    assert_eq!(show(&mut trial, 0.2), cold, "the same again");
    assert_eq!(trial.host.reported(), [], "what the host says is not said back");
    trial.host.close();
    assert!(trial.window.children().is_empty(), "closed, nothing of it stays");
}

/// It notices by itself that a service has come.
pub fn notices_the_service<H: Host, S>(host: &mut H, start: impl FnOnce() -> S) {
    let mut trial = Trial::begin(host, 1.0);
    let before = trial.settled();
    let _service = start();
    trial.until("other words", |trial| trial.picture() != before);
}

/// A drag is one gesture in order, at any scale the same; the value is the plugin's and the picture's.
pub fn a_drag_is_a_gesture<H: Host>(host: &mut H, scale: f32) {
    let mut trial = Trial::begin(host, scale);
    trial.host.run(Some(1.0));
    let before = trial.settled();
    let rise = 30.0;
    trial.point(Part::Knob, (0.0, 0.0));
    trial.press(LEFT);
    trial.told_is("a hold", &[Step::Begin(TEMPERATURE)]);
    trial.point(Part::Knob, (0.0, -rise));
    trial.until("a value", |trial| trial.host.reported().len() >= 2);
    trial.release(LEFT);
    trial.until("the end", |trial| trial.host.reported().len() >= 3);
    let reported = trial.host.reported();
    let [Step::Begin(TEMPERATURE), Step::Value(TEMPERATURE, value), Step::End(TEMPERATURE)] = reported[..] else {
        panic!("{reported:?}")
    };
    assert!((value - 1.2).abs() < NEAR, "{value}: upwards is hotter, as far at every scale");
    trial.until("the value", |trial| (trial.host.value() - value).abs() < NEAR);
    assert_ne!(trial.settled(), before);
    assert_eq!(trial.host.reported().len(), 3, "no echo");
}

/// Shift is finer; the wheel is a gesture by itself; two clicks set what the instrument begins with.
pub fn fine_wheel_and_double_click<H: Host>(host: &mut H) {
    let mut trial = Trial::begin(host, 1.0);
    trial.host.run(Some(1.0));
    trial.settled();
    let last_value = |steps: &[Step]| match steps {
        [.., Step::Value(TEMPERATURE, value), Step::End(TEMPERATURE)] => Some(*value),
        _ => None,
    };
    trial.point(Part::Knob, (0.0, 0.0));
    trial.shift(true);
    trial.press(LEFT);
    trial.point(Part::Knob, (0.0, -30.0));
    trial.release(LEFT);
    trial.shift(false);
    trial.until("a fine turn", |trial| last_value(&trial.host.reported()).is_some());
    let fine = last_value(&trial.host.reported()).expect("a value");
    assert!((fine - 1.02).abs() < NEAR, "{fine}; {:?}", trial.host.reported());
    let count = trial.host.reported().len();
    trial.rest(600);
    trial.point(Part::Knob, (0.0, 0.0));
    trial.click(WHEEL_UP);
    trial.until("a turn of the wheel", |trial| trial.host.reported().len() >= count + 3);
    let reported = trial.host.reported();
    let [Step::Begin(TEMPERATURE), Step::Value(TEMPERATURE, turned), Step::End(TEMPERATURE)] = reported[count..] else {
        panic!("{reported:?}")
    };
    assert!(turned > fine && turned < fine + 0.1, "{turned}; {reported:?}");
    trial.rest(600);
    trial.click(LEFT);
    trial.click(LEFT);
    trial.until("the default", |trial| {
        let reported = trial.host.reported();
        reported.len() > count + 5 && reported.last() == Some(&Step::End(TEMPERATURE))
    });
    let default = last_value(&trial.host.reported()).expect("a value");
    assert!((default - 1.0).abs() < NEAR, "{default}; {:?}", trial.host.reported());
}

/// While a hand holds the knob the host's automation does not take it away; afterwards the host has it again.
pub fn no_fight_with_automation<H: Host>(host: &mut H) {
    let mut trial = Trial::begin(host, 1.0);
    trial.host.run(Some(0.2));
    let cold = trial.settled();
    trial.host.run(Some(1.0));
    trial.settled();
    trial.point(Part::Knob, (0.0, 0.0));
    trial.press(LEFT);
    trial.point(Part::Knob, (0.0, -90.0));
    trial.until("a value", |trial| trial.host.reported().len() >= 2);
    // For longer than what a host was sent last is shown in place of what it says.
    let end = Instant::now() + Duration::from_secs(1);
    while Instant::now() < end {
        trial.host.run(Some(0.2));
    }
    let held = trial.settled();
    assert!(warmth(&held) > warmth(&cold) + 1000, "the hand's value is shown");
    assert_eq!(trial.host.reported().len(), 2, "what the host says moves nothing");
    trial.release(LEFT);
    trial.told_is("the end", &[Step::Begin(TEMPERATURE), Step::Value(TEMPERATURE, 1.6), Step::End(TEMPERATURE)]);
    trial.move_to(5, 5);
    trial.until("the host's value again", |trial| {
        trial.host.run(Some(0.2));
        trial.picture() == cold
    });
}

/// An editor that is closed under the hand lets go.
pub fn closing_lets_go<H: Host>(host: &mut H) {
    let mut trial = Trial::begin(host, 1.0);
    trial.point(Part::Knob, (0.0, 0.0));
    trial.press(LEFT);
    trial.told_is("a hold", &[Step::Begin(TEMPERATURE)]);
    trial.host.close();
    trial.told_is("the end", &[Step::Begin(TEMPERATURE), Step::End(TEMPERATURE)]);
    trial.release(LEFT);
    assert!(trial.host.open(trial.window.window, 1.0), "and opens again");
    trial.point(Part::Knob, (0.0, 5.0));
    trial.press(LEFT);
    trial.until("another hold", |trial| trial.host.reported().len() >= 3);
    assert_eq!(trial.host.reported()[2], Step::Begin(TEMPERATURE));
    trial.release(LEFT);
}

/// The host's window goes first; the editor ends, and so does what a hand held.
pub fn a_window_that_is_gone_first<H: Host>(host: &mut H) {
    let mut trial = Trial::begin(host, 1.0);
    trial.point(Part::Knob, (0.0, 0.0));
    trial.press(LEFT);
    trial.told_is("a hold", &[Step::Begin(TEMPERATURE)]);
    trial.window.destroy();
    trial.told_is("the end", &[Step::Begin(TEMPERATURE), Step::End(TEMPERATURE)]);
    trial.host.close();
}

/// The server dies while a hand holds the knob: the host lives, its calls go on, and what was held is let go.
pub fn a_server_that_dies<H: Host>(host: &mut H) {
    let mut trial = Trial::begin(host, 1.0);
    trial.point(Part::Knob, (0.0, 0.0));
    trial.press(LEFT);
    trial.told_is("a hold", &[Step::Begin(TEMPERATURE)]);
    // SAFETY: no handler of ours. Rust's programs ignore it, hosts in C++ do not: whoever writes to the dead ends the host.
    let before = unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    trial.server.kill();
    trial.told_is("the end", &[Step::Begin(TEMPERATURE), Step::End(TEMPERATURE)]);
    trial.rest(200);
    trial.host.run(Some(0.5));
    trial.until("the host's value", |trial| (trial.host.value() - 0.5).abs() < NEAR);
    trial.host.close();
    // SAFETY: as above.
    unsafe { libc::signal(libc::SIGPIPE, before) };
}

/// A server that stands still keeps nobody, and no thread: opening and closing take no longer than they are given.
pub fn a_server_that_hangs<H: Host>(host: &mut H) {
    let mut trial = Trial::begin(host, 1.0);
    trial.server.freeze();
    for step in 0..40 {
        trial.host.run(Some(f64::from(step) / 20.0));
    }
    let started = Instant::now();
    trial.host.close();
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(panel_threads(), 0, "a host may unload the library now");
    let window = trial.window.window;
    let started = Instant::now();
    assert!(!trial.host.open(window, 1.0), "no editor, said in time");
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    trial.host.close();
    assert_eq!(panel_threads(), 0);
    trial.server.kill();
}

/// Without a server, or in a window that is none, there is no editor; with one, there is.
pub fn no_server_no_editor<H: Host>(host: &mut H) {
    for display in [None, Some(":987"), Some("nonsense")] {
        host.set_display(display);
        assert!(!host.open(1, 1.0), "{display:?}");
        host.close();
    }
    let server = Server::start();
    host.set_display(Some(server.display.as_str()));
    for window in [0, 0xdead] {
        assert!(!host.open(window, 1.0), "{window}");
        host.close();
    }
    let window = Window::new(&server.display);
    assert!(host.open(window.window, 1.0), "and now there is one");
    host.close();
}

/// Opened and closed fifty times, at either scale, moved or not: no window, thread or open file stays.
pub fn fifty_lives<H: Host>(host: &mut H) {
    let server = Server::start();
    host.set_display(Some(server.display.as_str()));
    let window = Window::new(&server.display);
    let mut live = |round: usize| {
        assert!(host.open(window.window, if round.is_multiple_of(2) { 1.0 } else { 2.0 }), "round {round}");
        if round.is_multiple_of(3) {
            host.run(Some((round % 20) as f64 / 10.0));
        }
        // One that is open is counted: what stays would be.
        assert_eq!((window.children().len(), panel_threads()), (1, 1), "round {round}");
        host.close();
        assert!(window.children().is_empty(), "round {round}");
    };
    (0..3).for_each(&mut live);
    let before = open_files();
    (0..50).for_each(&mut live);
    let end = Instant::now() + Duration::from_secs(20);
    // The link looks for its service now and then, which opens files for a moment.
    while panel_threads() > 0 || open_files() > before {
        assert!(Instant::now() < end, "{} threads; {} files, {before} before", panel_threads(), open_files());
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("a list").count()
}

/// Threads of this process that are a panel's.
fn panel_threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").expect("a list").flatten();
    // One that has just ended has no name any more.
    let names = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.trim() == "simmer panel").count()
}

/// The button opens the page's address, as one argument that no shell reads; an address that is not this machine's own it does not.
pub fn opens_the_page<H: Host>(host: &mut H) {
    let folder = PathBuf::from(std::env::var_os("SIMMER_RUNTIME_DIR").expect("a stage"));
    let (opened, opener) = (folder.join("opened"), folder.join("xdg-open"));
    std::fs::write(&opener, format!("#!/bin/sh\nprintf '%s\\n' \"$#\" \"$@\" >> '{}'\n", opened.display()))
        .expect("a program");
    std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o700)).expect("it may run");
    let path = std::env::var("PATH").unwrap_or_default();
    // SAFETY: tests take turns, and no other thread of this one reads it now.
    unsafe { std::env::set_var("PATH", format!("{}:{path}", folder.display())) };
    let say = |page: &str| {
        let file = folder.join("service.json");
        let text = serde_json::json!({"version": 1, "grpc": "127.0.0.1:9", "token": "0123456789abcdef", "page": page});
        std::fs::write(&file, text.to_string()).expect("a file");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("it is ours");
    };
    let mut trial = Trial::begin(host, 1.0);
    trial.point(Part::Page, (0.0, 0.0));
    let before = trial.settled();
    say("http://example.org:80/");
    trial.click(LEFT);
    trial.until("words", |trial| trial.picture() != before);
    assert!(!opened.exists(), "another machine's page is not opened");
    // Nor is one that hides the machine's name behind a user's. Had it been, there would be a line too many below.
    say("http://127.0.0.1:80@example.org/");
    trial.click(LEFT);
    trial.rest(300);
    let page = "http://127.0.0.1:4000/?a=b&c='$(touch stray)'#\"; exit";
    say(page);
    trial.click(LEFT);
    let wanted = format!("1\n{page}\n");
    trial.until("the page", |_| std::fs::read_to_string(&opened).is_ok_and(|said| said == wanted));
    assert_eq!(trial.host.reported(), [], "the button is no knob");
    // SAFETY: as above; the panel's thread reads it only when the button is pressed.
    unsafe { std::env::set_var("PATH", path) };
}
