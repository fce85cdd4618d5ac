//! The host's side of CLAP's callbacks.

use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamRescanFlags,
};
use clack_extensions::thread_check::{HostThreadCheck, HostThreadCheckImpl};
use clack_host::prelude::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread::ThreadId;

/// A host that remembers what the plugin asked of it.
pub struct Daw;

pub struct Asked {
    main_thread: ThreadId,
    /// Rescans, with the thread that asked for them.
    pub rescans: Mutex<Vec<(ParamRescanFlags, ThreadId)>>,
    /// Requests for a call of process() or flush().
    pub flushes: AtomicUsize,
}

impl Asked {
    /// Made on the main thread.
    pub fn new() -> Asked {
        Asked { main_thread: std::thread::current().id(), rescans: Mutex::default(), flushes: AtomicUsize::new(0) }
    }
}

impl HostThreadCheckImpl for Asked {
    fn is_main_thread(&self) -> bool {
        std::thread::current().id() == self.main_thread
    }
    fn is_audio_thread(&self) -> bool {
        !self.is_main_thread()
    }
}

impl SharedHandler<'_> for Asked {
    fn request_restart(&self) {
        panic!("the plugin never needs a restart: its latency is constant");
    }
    fn request_process(&self) {}
    fn request_callback(&self) {}
}

impl HostParamsImplShared for Asked {
    fn request_flush(&self) {
        assert!(!self.is_main_thread(), "the link's thread asks");
        self.flushes.fetch_add(1, Relaxed);
    }
}

pub struct MainThread<'a>(pub &'a Asked);

impl<'a> MainThreadHandler<'a> for MainThread<'a> {}

impl HostParamsImplMainThread for MainThread<'_> {
    fn rescan(&self, flags: ParamRescanFlags) {
        self.0.rescans.lock().unwrap().push((flags, std::thread::current().id()));
    }
    fn clear(&self, _id: ClapId, _flags: ParamClearFlags) {}
}

impl HostHandlers for Daw {
    type Shared<'a> = Asked;
    type MainThread<'a> = MainThread<'a>;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<Self>, _shared: &Asked) {
        builder.register::<HostParams>().register::<HostThreadCheck>();
    }
}
