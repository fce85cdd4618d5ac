//! The host's run loop on Linux: it watches a file descriptor and calls us on its UI thread.

use crate::desk::Desk;
use crate::guard;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Weak};
use vst3::Steinberg::Linux::{FileDescriptor, IEventHandler, IEventHandlerTrait, IRunLoop, IRunLoopTrait};
use vst3::Steinberg::kResultOk;
use vst3::{Class, ComPtr, ComWrapper};

/// A pipe that the host watches. A pipe, not an eventfd, for a host that watches for writing too would never rest.
pub struct Registered {
    run_loop: ComPtr<IRunLoop>,
    handler: ComPtr<IEventHandler>,
    bell: Arc<Bell>,
}

struct Bell {
    writer: PipeWriter,
    /// There is a byte in the pipe, or just about to be: one at most, so that neither end ever waits.
    rung: AtomicBool,
}

struct Handler {
    desk: Weak<Desk>,
    reader: PipeReader,
    bell: Arc<Bell>,
}

impl Class for Handler {
    type Interfaces = (IEventHandler,);
}

impl IEventHandlerTrait for Handler {
    unsafe fn onFDIsSet(&self, _fd: FileDescriptor) {
        guard::entry_or((), || {
            // A host may call for other reasons than a byte.
            if !self.bell.rung.load(SeqCst) || (&self.reader).read(&mut [0]).is_err() {
                return;
            }
            // Before it passes them on: what comes while it lasts rings again.
            self.bell.rung.store(false, SeqCst);
            if let Some(desk) = self.desk.upgrade() {
                desk.apply_edits();
            }
        });
    }
}

impl Registered {
    /// `None` where the host refuses. [main-thread]
    pub fn new(run_loop: ComPtr<IRunLoop>, desk: &Arc<Desk>) -> Option<Registered> {
        let (reader, writer) = pipe().ok()?;
        let fd = reader.as_raw_fd();
        let bell = Arc::new(Bell { writer, rung: AtomicBool::new(false) });
        let handler = ComWrapper::new(Handler { desk: Arc::downgrade(desk), reader, bell: bell.clone() });
        let handler = handler.to_com_ptr::<IEventHandler>()?;
        // SAFETY: the host's object; the handler lives until it is unregistered, and the descriptor with it.
        let taken = unsafe { run_loop.registerEventHandler(handler.as_ptr(), fd) } == kResultOk;
        taken.then_some(Registered { run_loop, handler, bell })
    }

    /// [thread-safe]
    pub fn ring(&self) {
        if !self.bell.rung.swap(true, SeqCst) && (&self.bell.writer).write_all(&[1]).is_err() {
            self.bell.rung.store(false, SeqCst);
        }
    }
}

/// [main-thread]
impl Drop for Registered {
    fn drop(&mut self) {
        // SAFETY: the host's object, and what was registered with it.
        unsafe { self.run_loop.unregisterEventHandler(self.handler.as_ptr()) };
    }
}
