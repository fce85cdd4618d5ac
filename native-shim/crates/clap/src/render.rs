//! Offline rendering as the host announces it, and the latency.

use crate::plugin::with;
use clap_sys::ext::latency::clap_plugin_latency;
use clap_sys::ext::render::{CLAP_RENDER_OFFLINE, CLAP_RENDER_REALTIME, clap_plugin_render, clap_plugin_render_mode};
use clap_sys::plugin::clap_plugin;

pub static RENDER: clap_plugin_render =
    clap_plugin_render { has_hard_realtime_requirement: Some(has_hard_realtime_requirement), set: Some(set) };

pub static LATENCY: clap_plugin_latency = clap_plugin_latency { get: Some(latency) };

/// [main-thread]
unsafe extern "C" fn has_hard_realtime_requirement(_plugin: *const clap_plugin) -> bool {
    false
}

/// [main-thread]
unsafe extern "C" fn set(plugin: *const clap_plugin, mode: clap_plugin_render_mode) -> bool {
    if mode != CLAP_RENDER_REALTIME && mode != CLAP_RENDER_OFFLINE {
        return false;
    }
    // SAFETY: the host's pointer to a plugin of ours.
    unsafe {
        with(plugin, false, |plugin| {
            plugin.instance.announce_offline(mode == CLAP_RENDER_OFFLINE);
            true
        })
    }
}

/// Constant, whatever happens: what leaves the plugin at song frame p is the audio of p. [main-thread]
unsafe extern "C" fn latency(_plugin: *const clap_plugin) -> u32 {
    0
}
