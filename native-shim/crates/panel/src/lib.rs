//! The plugin's editor on Linux: the temperature, what goes on, and a way to the page.
//!
//! An embedded browser breaks hosts there (GTK 3 cannot be loaded beside GTK 2, which Ardour 7 uses), so the page opens in the
//! system's browser, and the host's own window holds this: a picture that is drawn by a processor (`paint`), put into a child window by
//! a thread of its own over a connection of its own to the X server (`window`). It knows neither plugin format nor link; a
//! [`Desk`] says what there is to show and takes what a person does.

#![forbid(unsafe_code)]

mod colour;
mod knob_gesture;
mod layout;
mod paint;
mod text;
#[cfg(target_os = "linux")]
mod trouble;
mod view;
#[cfg(target_os = "linux")]
mod window;
#[cfg(target_os = "linux")]
mod wire;

pub use knob_gesture::{KnobGesture, Turn};
pub use layout::{HEIGHT, Part, WIDTH, part_at};
pub use paint::paint;
pub use view::{Tone, View};
#[cfg(target_os = "linux")]
pub use window::Panel;

/// What is behind a panel. Called on the panel's thread; neither waits.
pub trait Desk: Send {
    fn view(&self) -> View;
    /// One step of a gesture on the temperature.
    fn turn(&self, turn: Turn);
    /// Opens the page in the system's browser. What went wrong, for people.
    fn open_page(&self) -> Result<(), String>;
}
