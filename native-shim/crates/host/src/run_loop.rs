//! A run loop as hosts on Linux give one: it watches file descriptors, and calls on the thread that turns it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use vst3::Steinberg::Linux::*;
use vst3::Steinberg::*;
use vst3::{Class, ComPtr, ComRef};

/// What is watched.
#[derive(Default)]
pub struct Watched(Mutex<Vec<(ComPtr<IEventHandler>, i32)>>);

/// The host's object.
pub struct RunLoop(pub Arc<Watched>);

impl Class for RunLoop {
    type Interfaces = (IRunLoop,);
}

impl IRunLoopTrait for RunLoop {
    unsafe fn registerEventHandler(&self, handler: *mut IEventHandler, fd: FileDescriptor) -> tresult {
        // SAFETY: the plugin's object; the reference we keep is counted.
        let Some(handler) = (unsafe { ComRef::from_raw(handler) }) else { return kInvalidArgument };
        self.0.lock().push((handler.to_com_ptr(), fd));
        kResultOk
    }
    unsafe fn unregisterEventHandler(&self, handler: *mut IEventHandler) -> tresult {
        let mut watched = self.0.lock();
        let before = watched.len();
        watched.retain(|(one, _)| one.as_ptr() != handler);
        if watched.len() < before { kResultOk } else { kResultFalse }
    }
    unsafe fn registerTimer(&self, _handler: *mut ITimerHandler, _milliseconds: TimerInterval) -> tresult {
        kNotImplemented
    }
    unsafe fn unregisterTimer(&self, _handler: *mut ITimerHandler) -> tresult {
        kNotImplemented
    }
}

impl Watched {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(ComPtr<IEventHandler>, i32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// Waits for something to happen, and calls whoever waits for it.
    pub fn turn(&self, at_most: Duration) {
        let watched = self.lock().clone();
        let mut polled: Vec<libc::pollfd> =
            watched.iter().map(|(_, fd)| libc::pollfd { fd: *fd, events: libc::POLLIN, revents: 0 }).collect();
        // SAFETY: an array of as many structures as are said.
        unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, at_most.as_millis() as i32) };
        for ((handler, fd), polled) in watched.iter().zip(&polled) {
            if polled.revents != 0 {
                // SAFETY: the plugin's object, and the descriptor it gave.
                unsafe { handler.onFDIsSet(*fd) };
            }
        }
    }
}
