//! The window: a child of the host's, with a connection and a thread of its own.
//!
//! Whatever goes wrong with the X server ends the thread and nothing else: the panel stays as it was, or goes.

use crate::Desk;
use crate::knob_gesture::{KnobGesture, Turn};
use crate::layout::{HEIGHT, Part, WIDTH, part_at};
use crate::paint::paint;
use crate::trouble::Trouble;
use crate::view::View;
use crate::wire::{Bell, Wire, connect_to};
use rustix::event::Timespec;
use std::io::{PipeWriter, pipe};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;
use tiny_skia::Pixmap;
use x11rb::connection::{Connection, RequestConnection};
use x11rb::errors::ReplyOrIdError;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::*;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// How often a panel looks whether there is something new to show.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 33_000_000 };
/// How long the host's thread waits for the panel's: to be open, and to have ended. An X server that takes longer is left alone.
const ANSWER_MAX: Duration = Duration::from_secs(2);
const SCALE: std::ops::RangeInclusive<f32> = 0.5..=4.0;
/// Buttons of X: the left one, and the wheel.
const LEFT: u8 = 1;
const WHEEL_UP: u8 = 4;
const WHEEL_DOWN: u8 = 5;

/// An open panel. Dropping it closes the window, and ends a gesture that goes on.
pub struct Panel {
    /// Closing it wakes the thread, which then ends.
    bell: Option<PipeWriter>,
    ended: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Panel {
    /// A picture's size in pixels at a scale.
    pub fn size(scale: f32) -> (u16, u16) {
        let scale = bounded(scale);
        ((WIDTH * scale).round() as u16, (HEIGHT * scale).round() as u16)
    }

    /// Opens a panel in the host's window `parent` of the display that the environment names. None: there is no X server, or it
    /// will not. [main-thread]
    pub fn open(parent: u32, scale: f32, desk: Box<dyn Desk>) -> Option<Panel> {
        Panel::open_on(None, parent, scale, desk)
    }

    /// As [`Panel::open`], on a display of that name. [main-thread]
    pub fn open_on(display: Option<&str>, parent: u32, scale: f32, desk: Box<dyn Desk>) -> Option<Panel> {
        let display = display.map(str::to_owned);
        let (reader, bell) = pipe().ok()?;
        let (opened, is_open) = sync_channel(1);
        let (end, ended) = sync_channel(1);
        let body = move || {
            if let Some(mut window) = Window::open(display.as_deref(), Bell::new(reader), parent, bounded(scale), desk)
            {
                let _ = opened.try_send(());
                // The connection is gone, or the window: nobody would get it.
                let _ = window.run();
                window.let_go();
            }
            let _ = end.try_send(());
        };
        let thread = std::thread::Builder::new().name("simmer panel".to_owned()).spawn(body).ok()?;
        let panel = Panel { bell: Some(bell), ended, thread: Some(thread) };
        is_open.recv_timeout(ANSWER_MAX).is_ok().then_some(panel)
    }
}

impl Drop for Panel {
    fn drop(&mut self) {
        self.bell = None;
        // The bell ends all waits for the server; what is left are the system's own, for a name or a file.
        if self.ended.recv_timeout(ANSWER_MAX) != Err(RecvTimeoutError::Timeout)
            && let Some(thread) = self.thread.take()
        {
            // A panic inside it has been reported already.
            let _ = thread.join();
        }
    }
}

fn bounded(scale: f32) -> f32 {
    if scale.is_finite() { scale.clamp(*SCALE.start(), *SCALE.end()) } else { 1.0 }
}

struct Window {
    connection: RustConnection<Wire>,
    window: u32,
    graphics: u32,
    depth: u8,
    scale: f32,
    picture: Pixmap,
    shown: Option<(View, Option<Part>)>,
    under: Option<Part>,
    gesture: KnobGesture,
    desk: Box<dyn Desk>,
    trouble: Trouble,
}

impl Window {
    fn open(display: Option<&str>, bell: Bell, parent: u32, scale: f32, desk: Box<dyn Desk>) -> Option<Window> {
        let connection = connect_to(display, bell)?;
        let geometry = connection.get_geometry(parent).ok()?.reply().ok()?;
        // Pixels of four bytes, blue first: all that servers of today have.
        if !matches!(geometry.depth, 24 | 32) || connection.setup().image_byte_order != ImageOrder::LSB_FIRST {
            return None;
        }
        let (width, height) = Panel::size(scale);
        let picture = Pixmap::new(width.into(), height.into())?;
        let (window, graphics) = (connection.generate_id().ok()?, connection.generate_id().ok()?);
        let mut made = Window {
            connection,
            window,
            graphics,
            depth: geometry.depth,
            scale,
            picture,
            shown: None,
            under: None,
            gesture: KnobGesture::default(),
            desk,
            trouble: Trouble::default(),
        };
        made.show(parent, width, height).ok()?;
        Some(made)
    }

    fn show(&mut self, parent: u32, width: u16, height: u16) -> Result<(), ReplyOrIdError> {
        let events = EventMask::EXPOSURE
            | EventMask::BUTTON_PRESS
            | EventMask::BUTTON_RELEASE
            | EventMask::POINTER_MOTION
            | EventMask::LEAVE_WINDOW
            | EventMask::STRUCTURE_NOTIFY;
        let values = CreateWindowAux::new().event_mask(events);
        let (x, y, border) = (0, 0, 0);
        self.connection
            .create_window(
                self.depth,
                self.window,
                parent,
                x,
                y,
                width,
                height,
                border,
                WindowClass::INPUT_OUTPUT,
                x11rb::COPY_FROM_PARENT,
                &values,
            )?
            .check()?;
        self.connection.create_gc(self.graphics, self.window, &CreateGCAux::new())?.check()?;
        self.connection.map_window(self.window)?.check()?;
        self.draw()?;
        Ok(())
    }

    /// Until the window is closed, by either side.
    fn run(&mut self) -> Result<(), ReplyOrIdError> {
        loop {
            while let Some(event) = self.connection.poll_for_event()? {
                if !self.handle(&event)? {
                    return Ok(());
                }
            }
            self.draw()?;
            if !self.connection.stream().rest(&LOOK) {
                return Ok(());
            }
        }
    }

    /// False: the window is gone.
    fn handle(&mut self, event: &Event) -> Result<bool, ReplyOrIdError> {
        match event {
            Event::Expose(_) => self.shown = None,
            Event::DestroyNotify(gone) if gone.window == self.window => return Ok(false),
            Event::ButtonPress(press) => self.press(press),
            Event::ButtonRelease(release) if release.detail == LEFT => {
                let turns = self.gesture.release();
                self.send(turns);
            }
            Event::MotionNotify(motion) => {
                let (x, y) = self.points(motion.event_x, motion.event_y);
                self.under = part_at(x, y);
                let turn = self.gesture.drag(y, is_fine(motion.state));
                self.send(turn);
            }
            Event::LeaveNotify(_) => self.under = None,
            _ => {}
        }
        Ok(true)
    }

    fn press(&mut self, press: &ButtonPressEvent) {
        let (x, y) = self.points(press.event_x, press.event_y);
        let View { temperature, default, status, .. } = self.desk.view();
        match (press.detail, part_at(x, y)) {
            (LEFT, Some(Part::Knob)) => {
                let turns = self.gesture.press(y, press.time, temperature, default);
                self.send(turns);
            }
            (LEFT, Some(Part::Page)) => self.trouble.set(self.desk.open_page().err(), status),
            (WHEEL_UP | WHEEL_DOWN, Some(Part::Knob)) => {
                let notches = if press.detail == WHEEL_UP { 1 } else { -1 };
                let turns = self.gesture.wheel(notches, is_fine(press.state), temperature);
                self.send(turns);
            }
            _ => {}
        }
    }

    fn send(&self, turns: impl IntoIterator<Item = Turn>) {
        turns.into_iter().for_each(|turn| self.desk.turn(turn));
    }

    fn let_go(&mut self) {
        let turns = self.gesture.release();
        self.send(turns);
    }

    fn points(&self, x: i16, y: i16) -> (f32, f32) {
        (f32::from(x) / self.scale, f32::from(y) / self.scale)
    }

    /// Paints what is new and sends it, in as many requests as it takes.
    fn draw(&mut self) -> Result<(), ReplyOrIdError> {
        let mut view = self.desk.view();
        if let Some(held) = self.gesture.value() {
            view.temperature = held;
        }
        self.trouble.say_in(&mut view);
        let now = (view, self.under);
        if self.shown.as_ref() == Some(&now) {
            return Ok(());
        }
        paint(&mut self.picture.as_mut(), &now.0, self.scale, now.1);
        self.shown = Some(now);
        let (width, height) = (self.picture.width() as usize, self.picture.height() as usize);
        // Red first in memory there, blue first here.
        let pixels: Vec<u8> =
            self.picture.data().chunks_exact(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0], 255]).collect();
        let stride = 4 * width;
        let rows_max = (self.connection.maximum_request_bytes().saturating_sub(64) / stride).clamp(1, height);
        for (index, rows) in pixels.chunks(rows_max * stride).enumerate() {
            let (top, count) = ((index * rows_max) as i16, (rows.len() / stride) as u16);
            let (left, pad) = (0, 0);
            self.connection.put_image(
                ImageFormat::Z_PIXMAP,
                self.window,
                self.graphics,
                width as u16,
                count,
                left,
                top,
                pad,
                self.depth,
                rows,
            )?;
        }
        self.connection.flush()?;
        Ok(())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // The connection takes the window with it, but only later: a host that has closed the editor finds none. A server that
        // stands still has its time (`Wire`), and then takes the window with the connection.
        let _ = self.connection.destroy_window(self.window);
        let _ = self.connection.sync();
    }
}

fn is_fine(state: KeyButMask) -> bool {
    state.contains(KeyButMask::SHIFT)
}
