//! A host's window on an X server of its own, and a hand in it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::*;
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

pub use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MOTION_NOTIFY_EVENT,
};

/// An Xvfb of our own, on a display that it chose.
pub struct Server {
    pub child: Child,
    pub display: String,
}

impl Server {
    pub fn start() -> Server {
        let mut child = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb (Debian's package xvfb)");
        let mut number = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Server { child, display: format!(":{}", number.trim()) }
    }
}

impl Server {
    /// Stands still with its connections open, and answers nothing, until it is killed.
    pub fn freeze(&self) {
        let stopped = Command::new("kill").args(["-STOP", &self.child.id().to_string()]).status();
        assert!(stopped.is_ok_and(|status| status.success()), "the server is stopped");
    }

    /// As when it crashes.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The host's own window, in which a plugin's editor lies.
pub struct Window {
    pub connection: RustConnection,
    pub window: u32,
}

impl Window {
    pub fn new(display: &str) -> Window {
        let (connection, screen) = RustConnection::connect(Some(display)).unwrap();
        let (window, root) = (connection.generate_id().unwrap(), connection.setup().roots[screen].root);
        let values = CreateWindowAux::new().override_redirect(1);
        connection.create_window(24, window, root, 0, 0, 900, 500, 0, WindowClass::INPUT_OUTPUT, 0, &values).unwrap();
        connection.map_window(window).unwrap();
        connection.sync().unwrap();
        Window { connection, window }
    }

    pub fn children(&self) -> Vec<u32> {
        self.connection.query_tree(self.window).unwrap().reply().unwrap().children
    }

    /// The pixels of the panel: blue, green, red, nothing.
    pub fn picture(&self) -> Vec<u8> {
        let panel = self.children()[0];
        let size = self.connection.get_geometry(panel).unwrap().reply().unwrap();
        let whole = self.connection.get_image(ImageFormat::Z_PIXMAP, panel, 0, 0, size.width, size.height, !0);
        whole.unwrap().reply().unwrap().data
    }

    /// One event of the server's own pointer or keyboard, which goes wherever a person's would: into grabs, and to the window that
    /// lies on top. The host's window is at the screen's corner.
    pub fn fake(&self, kind: u8, detail: u8, (x, y): (i16, i16)) {
        let root = self.connection.setup().roots[0].root;
        let (now, device) = (0, 0);
        self.connection.xtest_fake_input(kind, detail, now, root, x, y, device).unwrap().check().unwrap();
    }

    /// Closes the host's window, with whatever is in it.
    pub fn destroy(&self) {
        self.connection.destroy_window(self.window).unwrap();
        self.connection.sync().unwrap();
    }
}
