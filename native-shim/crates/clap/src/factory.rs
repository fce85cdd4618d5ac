//! What the module offers to a host: one plugin.

use crate::plugin::Plugin;
use clap_sys::factory::plugin_factory::clap_plugin_factory;
use clap_sys::host::clap_host;
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
use clap_sys::plugin_features::{CLAP_PLUGIN_FEATURE_AUDIO_EFFECT, CLAP_PLUGIN_FEATURE_STEREO};
use clap_sys::version::{CLAP_VERSION, clap_version_is_compatible};
use simmer_instance::or_on_panic;
use std::ffi::{CStr, c_char};
use std::ptr::null;

/// Permanent: a saved song refers to it.
pub const ID: &CStr = c"local.simmer.simmer";

pub static FACTORY: clap_plugin_factory = clap_plugin_factory {
    get_plugin_count: Some(get_plugin_count),
    get_plugin_descriptor: Some(get_plugin_descriptor),
    create_plugin: Some(create_plugin),
};

struct Features([*const c_char; 3]);

// SAFETY: pointers to constants.
unsafe impl Sync for Features {}

/// An effect, so that it can be put on an audio track.
static FEATURES: Features =
    Features([CLAP_PLUGIN_FEATURE_AUDIO_EFFECT.as_ptr(), CLAP_PLUGIN_FEATURE_STEREO.as_ptr(), null()]);

pub static DESCRIPTOR: clap_plugin_descriptor = clap_plugin_descriptor {
    clap_version: CLAP_VERSION,
    id: ID.as_ptr(),
    name: c"Simmer".as_ptr(),
    vendor: c"Simmer".as_ptr(),
    url: c"".as_ptr(),
    manual_url: c"".as_ptr(),
    support_url: c"".as_ptr(),
    version: concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast(),
    description: c"Plays a neural network; its temperature is a lane you draw.".as_ptr(),
    features: (&raw const FEATURES.0).cast(),
};

/// [thread-safe]
unsafe extern "C" fn get_plugin_count(_factory: *const clap_plugin_factory) -> u32 {
    1
}

/// [thread-safe]
unsafe extern "C" fn get_plugin_descriptor(
    _factory: *const clap_plugin_factory,
    index: u32,
) -> *const clap_plugin_descriptor {
    if index == 0 { &raw const DESCRIPTOR } else { null() }
}

/// [thread-safe]
unsafe extern "C" fn create_plugin(
    _factory: *const clap_plugin_factory,
    host: *const clap_host,
    id: *const c_char,
) -> *const clap_plugin {
    or_on_panic(null(), || {
        // SAFETY: null or a host that outlives its plugins.
        let Some(known) = (unsafe { host.as_ref() }) else { return null() };
        // SAFETY: not null, so it is a string that ends with a zero.
        if id.is_null() || unsafe { CStr::from_ptr(id) } != ID || !clap_version_is_compatible(known.clap_version) {
            return null();
        }
        Plugin::create(host)
    })
}
