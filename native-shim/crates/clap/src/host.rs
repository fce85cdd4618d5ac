//! What the plugin asks of its host.

use crate::text;
use clap_sys::ext::params::{
    CLAP_EXT_PARAMS, CLAP_PARAM_RESCAN_TEXT, CLAP_PARAM_RESCAN_VALUES, clap_host_params, clap_param_rescan_flags,
};
use clap_sys::ext::thread_check::{CLAP_EXT_THREAD_CHECK, clap_host_thread_check};
use clap_sys::ext::track_info::*;
use clap_sys::host::clap_host;
use std::ffi::CStr;

/// The host of one plugin, which lives until the plugin is destroyed.
#[derive(Clone, Copy)]
pub struct Host(*const clap_host);

// SAFETY: CLAP marks each function of the host with the threads that may call it, and so are the methods here.
unsafe impl Send for Host {}
// SAFETY: as above.
unsafe impl Sync for Host {}

impl Host {
    /// # Safety
    /// `host` is valid for as long as the plugin is.
    pub unsafe fn new(host: *const clap_host) -> Host {
        Host(host)
    }

    /// What the host says it is. [main-thread]
    pub fn name(&self) -> String {
        // SAFETY: the host is valid; its name is null or ends with a zero.
        unsafe {
            let name = (*self.0).name;
            if name.is_null() { String::new() } else { CStr::from_ptr(name).to_string_lossy().into_owned() }
        }
    }

    /// Says that all parameter values may be others now. A host that has us load a state on a thread of its own, against
    /// the rules, is not called: that is for the main thread. [main-thread]
    pub fn values_changed(&self) {
        self.rescan(CLAP_PARAM_RESCAN_VALUES);
    }

    /// Says that values are called otherwise now; as above. [main-thread]
    pub fn texts_changed(&self) {
        self.rescan(CLAP_PARAM_RESCAN_TEXT);
    }

    fn rescan(&self, what: clap_param_rescan_flags) {
        // SAFETY: both are what CLAP says that these extensions are, and are called with their host.
        unsafe {
            let check = self.extension::<clap_host_thread_check>(CLAP_EXT_THREAD_CHECK);
            let is_main = check.and_then(|check| Some(check.is_main_thread?(self.0)));
            let params = self.extension::<clap_host_params>(CLAP_EXT_PARAMS);
            if let (Some(rescan), true) = (params.and_then(|params| params.rescan), is_main.unwrap_or(true)) {
                rescan(self.0, what);
            }
        }
    }

    /// Asks for a call of process() or flush(), for there is something to pass on. [link-thread]
    pub fn request_flush(&self) {
        // SAFETY: what CLAP says that the extension is; both functions may be called on any thread but the audio thread.
        unsafe {
            let params = self.extension::<clap_host_params>(CLAP_EXT_PARAMS);
            if let Some(request) = params.and_then(|params| params.request_flush) {
                request(self.0);
            }
        }
    }

    /// Asks for a call of on_main_thread(). [thread-safe]
    pub fn request_callback(&self) {
        // SAFETY: the host is valid.
        unsafe {
            if let Some(request) = (*self.0).request_callback {
                request(self.0);
            }
        }
    }

    /// Name and colour of the track that the plugin is on; `None` if the host does not say. [main-thread]
    pub fn track(&self) -> Option<(String, Option<u32>)> {
        // SAFETY: what CLAP says that the extension is; a structure of numbers and pointers, to fill.
        unsafe {
            let found = self.extension::<clap_host_track_info>(CLAP_EXT_TRACK_INFO);
            let get = found.or_else(|| self.extension(CLAP_EXT_TRACK_INFO_COMPAT))?.get?;
            let mut info: clap_track_info = std::mem::zeroed();
            if !get(self.0, &mut info) {
                return None;
            }
            let has = |flag: u64| info.flags & flag != 0;
            let name = if has(CLAP_TRACK_INFO_HAS_TRACK_NAME) { text::read(&info.name) } else { String::new() };
            let [red, green, blue] = [info.color.red, info.color.green, info.color.blue].map(u32::from);
            Some((name, has(CLAP_TRACK_INFO_HAS_TRACK_COLOR).then_some(red << 16 | green << 8 | blue)))
        }
    }

    /// # Safety
    /// `T` is what CLAP says that the extension is.
    unsafe fn extension<T>(&self, id: &CStr) -> Option<&T> {
        // SAFETY: the host is valid, and so is what it gives for an extension, or it is null.
        unsafe { (*self.0).get_extension?(self.0, id.as_ptr()).cast::<T>().as_ref() }
    }
}
