//! The symbol a host looks for.

use crate::factory::FACTORY;
use clap_sys::entry::clap_plugin_entry;
use clap_sys::factory::plugin_factory::CLAP_PLUGIN_FACTORY_ID;
use clap_sys::version::CLAP_VERSION;
use std::ffi::{CStr, c_char, c_void};

#[allow(non_upper_case_globals, reason = "the name is CLAP's")]
#[unsafe(no_mangle)]
pub static clap_entry: clap_plugin_entry = clap_plugin_entry {
    clap_version: CLAP_VERSION,
    init: Some(init),
    deinit: Some(deinit),
    get_factory: Some(get_factory),
};

/// [main-thread]
unsafe extern "C" fn init(_path: *const c_char) -> bool {
    true
}

/// [main-thread]
unsafe extern "C" fn deinit() {}

/// [thread-safe]
unsafe extern "C" fn get_factory(id: *const c_char) -> *const c_void {
    // SAFETY: not null, so it is a string that ends with a zero.
    if id.is_null() || unsafe { CStr::from_ptr(id) } != CLAP_PLUGIN_FACTORY_ID {
        return std::ptr::null();
    }
    (&raw const FACTORY).cast()
}
