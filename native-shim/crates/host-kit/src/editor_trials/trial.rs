//! An editor that is open in a window, and a hand on it, in a host of either format.
//!
//! A trial has an X server of its own, and a hand on its pointer. What is drawn it knows by colours and change, never by pixels:
//! how things look is nobody's contract.

use crate::x::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MOTION_NOTIFY_EVENT, Server, Window,
};
use simmer_panel::{HEIGHT, Part, WIDTH, part_at};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// The parameter that the knob turns.
pub const TEMPERATURE: u32 = 0;

/// One step of a gesture as the host got it; plain values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    Begin(u32),
    Value(u32, f64),
    End(u32),
}

/// A host of either format, with one instance that is set up and has process calls.
pub trait Host {
    /// Opens the editor in an X window, at so many pixels a point; false: there is none to be had.
    fn open(&mut self, window: u32, scale: f32) -> bool;
    fn close(&mut self);
    /// Of the open editor, in pixels.
    fn size(&mut self) -> (u32, u32);
    /// One process call, and a turn of the UI thread; the host's automation says a plain temperature, or nothing.
    fn run(&mut self, automation: Option<f64>);
    /// All steps of gestures so far.
    fn reported(&mut self) -> Vec<Step>;
    /// The temperature as the plugin says it, plain.
    fn value(&mut self) -> f64;
    /// As a program that was started without DISPLAY, or with another one; before an editor is opened.
    fn set_display(&mut self, display: Option<&str>);
}

/// An editor that is open in a window, and what is done to it.
pub struct Trial<'a, H: Host> {
    pub host: &'a mut H,
    pub server: Server,
    pub window: Window,
    scale: f32,
}

/// Buttons of a pointer, and the code of the left Shift on a PC's keyboard.
pub(super) const LEFT: u8 = 1;
pub(super) const WHEEL_UP: u8 = 4;
const SHIFT: u8 = 50;

/// How far apart the same temperature may be after a way over a host: VST3 hosts have it normalised.
pub(super) const NEAR: f64 = 1e-6;

/// The middle of what can be taken hold of, in points.
fn middle(part: Part) -> (f32, f32) {
    let all = (0..HEIGHT as u16).flat_map(|y| (0..WIDTH as u16).map(move |x| (f32::from(x), f32::from(y))));
    let found: Vec<_> = all.filter(|(x, y)| part_at(*x, *y) == Some(part)).collect();
    let count = found.len() as f32;
    (found.iter().map(|(x, _)| x).sum::<f32>() / count, found.iter().map(|(_, y)| y).sum::<f32>() / count)
}

fn colour_count(picture: &[u8]) -> usize {
    picture.chunks_exact(4).map(|pixel| &pixel[..3]).collect::<HashSet<_>>().len()
}

/// How much redder than blue the picture is, of what has a colour at all.
pub(super) fn warmth(picture: &[u8]) -> i64 {
    let differences = picture.chunks_exact(4).map(|pixel| i64::from(pixel[2]) - i64::from(pixel[0]));
    differences.filter(|difference| difference.abs() > 60).sum()
}

impl<'a, H: Host> Trial<'a, H> {
    /// Opens the editor, and waits until it shows something.
    pub fn begin(host: &'a mut H, scale: f32) -> Trial<'a, H> {
        let server = Server::start();
        let window = Window::new(&server.display);
        host.set_display(Some(server.display.as_str()));
        assert!(host.open(window.window, scale), "the editor opens");
        let mut trial = Trial { host, server, window, scale };
        trial.until("a picture", |trial| colour_count(&trial.window.picture()) > 50);
        trial
    }

    /// Goes on with everything until something holds.
    pub fn until(&mut self, what: &str, mut holds: impl FnMut(&mut Self) -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        while !holds(self) {
            assert!(Instant::now() < end, "{what} did not come in 20 s; reported: {:?}", self.host.reported());
            self.host.run(None);
        }
    }

    /// Goes on for so long.
    pub(super) fn rest(&mut self, millis: u64) {
        let end = Instant::now() + Duration::from_millis(millis);
        while Instant::now() < end {
            self.host.run(None);
        }
    }

    pub(super) fn picture(&self) -> Vec<u8> {
        self.window.picture()
    }

    /// Once it no longer changes. No timing is held to: what has not settled in 20 s fails.
    pub(super) fn settled(&mut self) -> Vec<u8> {
        let mut last = self.picture();
        self.until("a picture that stays", |trial| {
            trial.rest(150);
            let now = trial.picture();
            std::mem::replace(&mut last, now.clone()) == now
        });
        last
    }

    /// Moves the pointer to the middle of a part, and from there by points.
    pub(super) fn point(&self, part: Part, (dx, dy): (f32, f32)) {
        let (x, y) = middle(part);
        self.move_to(((x + dx) * self.scale) as i16, ((y + dy) * self.scale) as i16);
    }

    /// In pixels.
    pub(super) fn move_to(&self, x: i16, y: i16) {
        self.window.fake(MOTION_NOTIFY_EVENT, 0, (x, y));
    }

    /// Presses a button of the pointer where it is.
    pub(super) fn press(&self, button: u8) {
        self.window.fake(BUTTON_PRESS_EVENT, button, (0, 0));
    }

    pub(super) fn release(&self, button: u8) {
        self.window.fake(BUTTON_RELEASE_EVENT, button, (0, 0));
    }

    pub(super) fn click(&self, button: u8) {
        self.press(button);
        self.release(button);
    }

    pub(super) fn shift(&self, is_down: bool) {
        self.window.fake(if is_down { KEY_PRESS_EVENT } else { KEY_RELEASE_EVENT }, SHIFT, (0, 0));
    }

    pub(super) fn told_is(&mut self, what: &str, wanted: &[Step]) {
        self.until(what, |trial| trial.host.reported().len() >= wanted.len());
        let reported = self.host.reported();
        assert!(same(&reported, wanted), "{what}: {reported:?} instead of {wanted:?}");
    }
}

fn same(reported: &[Step], wanted: &[Step]) -> bool {
    let is_same = |(one, other): (&Step, &Step)| match (one, other) {
        (Step::Value(id, value), Step::Value(wanted_id, wanted)) => id == wanted_id && (value - wanted).abs() < NEAR,
        _ => one == other,
    };
    reported.len() == wanted.len() && reported.iter().zip(wanted).all(is_same)
}
