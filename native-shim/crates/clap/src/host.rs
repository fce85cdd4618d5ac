//! What the plugin asks of its host.

use clap_sys::ext::params::{CLAP_EXT_PARAMS, CLAP_PARAM_RESCAN_VALUES, clap_host_params};
use clap_sys::ext::thread_check::{CLAP_EXT_THREAD_CHECK, clap_host_thread_check};
use clap_sys::host::clap_host;
use std::ffi::CStr;

/// The host of one plugin, which lives until the plugin is destroyed.
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
    /// the rules, is not told: that is for the main thread. [main-thread]
    pub fn values_changed(&self) {
        // SAFETY: both are what CLAP says that these extensions are, and are called with their host.
        unsafe {
            let check = self.extension::<clap_host_thread_check>(CLAP_EXT_THREAD_CHECK);
            let is_main = check.and_then(|check| Some(check.is_main_thread?(self.0)));
            let params = self.extension::<clap_host_params>(CLAP_EXT_PARAMS);
            if let (Some(rescan), true) = (params.and_then(|params| params.rescan), is_main.unwrap_or(true)) {
                rescan(self.0, CLAP_PARAM_RESCAN_VALUES);
            }
        }
    }

    /// # Safety
    /// `T` is what CLAP says that the extension is.
    unsafe fn extension<T>(&self, id: &CStr) -> Option<&T> {
        // SAFETY: the host is valid, and so is what it gives for an extension, or it is null.
        unsafe { (*self.0).get_extension?(self.0, id.as_ptr()).cast::<T>().as_ref() }
    }
}
