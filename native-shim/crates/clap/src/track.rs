//! The track that the plugin is on.

use crate::plugin::{Plugin, with};
use clap_sys::ext::track_info::clap_plugin_track_info;
use clap_sys::plugin::clap_plugin;

pub static TRACK_INFO: clap_plugin_track_info = clap_plugin_track_info { changed: Some(changed) };

/// Asks the host for it. [main-thread]
pub fn ask(plugin: &Plugin) {
    let (name, colour) = plugin.host.track().unwrap_or_default();
    plugin.instance.set_track(name, colour);
}

/// [main-thread]
unsafe extern "C" fn changed(plugin: *const clap_plugin) {
    // SAFETY: the host's pointer to a plugin of ours.
    unsafe { with(plugin, (), ask) };
}
