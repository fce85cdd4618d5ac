//! The way to the X server: as x11rb's own, but that no wait outlasts the panel, and that a server's end kills no host.
//!
//! x11rb waits for as long as a server takes. One that stands still (stopped, or behind a network that is gone) would keep the
//! panel's thread for ever, with code of a library that the host may unload meanwhile.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType};
use rustix::net::{connect, recv, send, socket_with};
use std::cell::Cell;
use std::io::{Error, ErrorKind, PipeReader, Result};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};
use x11rb::reexports::x11rb_protocol::parse_display::{ConnectAddress, ParsedDisplay, parse_display};
use x11rb::reexports::x11rb_protocol::xauth::{Family, get_auth};
use x11rb::rust_connection::{DefaultStream, PollMode, RustConnection, Stream};
use x11rb::utils::RawFdContainer;

/// What is yet to be said to the server when the bell has rung may take so long, all in all.
const FAREWELL_MAX: Duration = Duration::from_millis(500);
/// A server whose queue of callers is full is asked again after so long.
const FULL_PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 10_000_000 };

/// A stream to an X server, and a bell that ends all waits.
pub struct Wire {
    socket: OwnedFd,
    bell: Bell,
}

/// A pipe whose other end is closed when the panel is to end.
pub struct Bell {
    pipe: PipeReader,
    /// When waits end; not known before the bell was heard.
    end: Cell<Option<Instant>>,
}

impl Bell {
    pub fn new(pipe: PipeReader) -> Bell {
        Bell { pipe, end: Cell::new(None) }
    }

    /// Waits for something on the socket, or for so long at most; false: the panel is to end.
    pub fn wait(&self, socket: Option<PollFd<'_>>, patience: Option<&Timespec>) -> Result<bool> {
        let mut watched = vec![PollFd::new(&self.pipe, PollFlags::IN)];
        watched.extend(socket);
        match poll(&mut watched, patience) {
            // Interrupted is as good as nothing new.
            Ok(_) | Err(Errno::INTR) => Ok(watched.first().is_none_or(|bell| bell.revents().is_empty())),
            Err(error) => Err(error.into()),
        }
    }
}

/// Connects to a display by its name; `None`: to the one that the environment names. The panel's end ends the attempt.
pub fn connect_to(display: Option<&str>, bell: Bell) -> Option<RustConnection<Wire>> {
    let parsed = parse_display(display).ok()?;
    let (socket, (family, address)) = first_open(&parsed, &bell)?;
    let (name, data) = get_auth(family, &address, parsed.display).ok().flatten().unwrap_or_default();
    let (wire, screen) = (Wire { socket, bell }, parsed.screen.into());
    RustConnection::connect_to_stream_with_auth_info(wire, screen, name, data).ok()
}

/// The first of the display's addresses at which somebody answers, and its name in the file of keys.
fn first_open(display: &ParsedDisplay, bell: &Bell) -> Option<(OwnedFd, (Family, Vec<u8>))> {
    let open = |address: ConnectAddress<'_>| -> Result<_> {
        let (stream, peer) = match address {
            ConnectAddress::Socket(path) => DefaultStream::from_unix_stream(unix(&path, bell)?.into())?,
            ConnectAddress::Hostname(host, port) => DefaultStream::from_tcp_stream(tcp(host, port)?)?,
            _ => return Err(ErrorKind::Unsupported.into()),
        };
        Ok((OwnedFd::from(stream), peer))
    };
    display.connect_instruction().find_map(|address| open(address).ok())
}

/// Never waits in the call itself: a server that stands still no longer empties its queue of callers.
fn unix(path: &str, bell: &Bell) -> Result<OwnedFd> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    let address = SocketAddrUnix::new(path)?;
    loop {
        match connect(&socket, &address) {
            Ok(()) => return Ok(socket),
            Err(Errno::AGAIN) if bell.wait(None, Some(&FULL_PAUSE))? => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn tcp(host: &str, port: u16) -> Result<TcpStream> {
    let mut last = ErrorKind::NotFound.into();
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, FAREWELL_MAX) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

impl Wire {
    /// Waits for the server, or for so long at most; false: the panel is to end.
    pub fn rest(&self, patience: &Timespec) -> bool {
        self.bell.wait(Some(PollFd::new(&self.socket, PollFlags::IN)), Some(patience)).unwrap_or(false)
    }
}

impl Stream for Wire {
    fn poll(&self, mode: PollMode) -> Result<()> {
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, mode.readable());
        flags.set(PollFlags::OUT, mode.writable());
        let mut watched = [PollFd::new(&self.socket, flags)];
        loop {
            let Some(end) = self.bell.end.get() else {
                // Rung, it leaves a little time for what is under way.
                if !self.bell.wait(Some(PollFd::new(&self.socket, flags)), None)? {
                    self.bell.end.set(Some(Instant::now() + FAREWELL_MAX));
                    continue;
                }
                return Ok(());
            };
            let left = Timespec::try_from(end.saturating_duration_since(Instant::now())).map_err(Error::other)?;
            match poll(&mut watched, Some(&left)) {
                Ok(0) => return Err(ErrorKind::TimedOut.into()),
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// No descriptors come: nothing that sends any is asked for.
    fn read(&self, buffer: &mut [u8], _descriptors: &mut Vec<RawFdContainer>) -> Result<usize> {
        loop {
            match recv(&self.socket, &mut *buffer, RecvFlags::empty()) {
                Ok((count, _)) => return Ok(count),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// To a server that is gone, without the signal that would end a host that does not expect it.
    fn write(&self, buffer: &[u8], descriptors: &mut Vec<RawFdContainer>) -> Result<usize> {
        if !descriptors.is_empty() {
            return Err(ErrorKind::Unsupported.into());
        }
        loop {
            match send(&self.socket, buffer, SendFlags::NOSIGNAL) {
                Ok(count) => return Ok(count),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests fail loudly")]
mod tests {
    use super::*;
    use rustix::net::{accept, bind, listen};
    use std::io::pipe;
    use std::sync::mpsc::channel;

    /// A server that takes no call, and has room for one.
    fn full_server(name: &str) -> (OwnedFd, String, OwnedFd) {
        let path = std::env::temp_dir().join(format!("simmer-{name}-{}", std::process::id()));
        let path = path.to_str().map(str::to_owned).expect("a name");
        let _ = std::fs::remove_file(&path);
        let server =
            socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None).expect("a socket");
        bind(&server, &SocketAddrUnix::new(&path).expect("an address")).expect("a place");
        listen(&server, 0).expect("a queue");
        let (reader, _writer) = pipe().expect("a pipe");
        let first = unix(&path, &Bell::new(reader)).expect("the first fits");
        (server, path, first)
    }

    #[test]
    fn a_caller_waits_in_front_of_a_full_queue_until_there_is_room_or_the_bell_rings() {
        for is_patient in [true, false] {
            let (server, path, first) = full_server(if is_patient { "room" } else { "bell" });
            let (reader, writer) = pipe().expect("a pipe");
            let (sender, result) = channel();
            let calling = path.clone();
            let caller = std::thread::spawn(move || sender.send(unix(&calling, &Bell::new(reader)).is_ok()));
            let early = result.recv_timeout(Duration::from_millis(200));
            assert!(early.is_err(), "the queue is full: {early:?}");
            let kept = if is_patient {
                Some((accept(&server).expect("a caller"), writer))
            } else {
                drop(writer);
                None
            };
            assert_eq!(result.recv_timeout(Duration::from_secs(20)), Ok(is_patient));
            caller.join().expect("no panic").expect("heard");
            drop((first, kept));
            let _ = std::fs::remove_file(path);
        }
    }
}
