//! The audio ports: stereo in, a "Guide" sidechain, stereo out.

use crate::plugin::with;
use crate::text;
use clap_sys::ext::audio_ports::{
    CLAP_AUDIO_PORT_IS_MAIN, CLAP_PORT_STEREO, clap_audio_port_info, clap_plugin_audio_ports,
};
use clap_sys::ext::audio_ports_activation::clap_plugin_audio_ports_activation;
use clap_sys::id::{CLAP_INVALID_ID, clap_id};
use clap_sys::plugin::clap_plugin;
use std::sync::atomic::Ordering::Relaxed;

pub static PORTS: clap_plugin_audio_ports = clap_plugin_audio_ports { count: Some(count), get: Some(get) };

pub static ACTIVATION: clap_plugin_audio_ports_activation = clap_plugin_audio_ports_activation {
    can_activate_while_processing: Some(can_activate_while_processing),
    set_active: Some(set_active),
};

/// Index of the sidechain among the inputs.
pub const GUIDE: u32 = 1;
/// Ids of ports, permanent. Input and output are a pair: the host may give both the same memory.
const MAIN_ID: clap_id = 0;
const GUIDE_ID: clap_id = 1;

fn port_count(is_input: bool) -> u32 {
    if is_input { 2 } else { 1 }
}

/// [main-thread]
unsafe extern "C" fn count(_plugin: *const clap_plugin, is_input: bool) -> u32 {
    port_count(is_input)
}

/// [main-thread]
unsafe extern "C" fn get(
    plugin: *const clap_plugin,
    index: u32,
    is_input: bool,
    info: *mut clap_audio_port_info,
) -> bool {
    // SAFETY: the host's pointer to a plugin of ours, and null or a structure to fill.
    unsafe {
        with(plugin, false, |_| {
            let Some(info) = info.as_mut().filter(|_| index < port_count(is_input)) else { return false };
            let is_guide = is_input && index == GUIDE;
            let name = match (is_guide, is_input) {
                (true, _) => "Guide",
                (false, true) => "Input",
                (false, false) => "Output",
            };
            text::copy(name, &mut info.name);
            info.id = if is_guide { GUIDE_ID } else { MAIN_ID };
            info.flags = if is_guide { 0 } else { CLAP_AUDIO_PORT_IS_MAIN };
            info.channel_count = 2;
            info.port_type = CLAP_PORT_STEREO.as_ptr();
            info.in_place_pair = if is_guide { CLAP_INVALID_ID } else { MAIN_ID };
            true
        })
    }
}

/// [main-thread]
unsafe extern "C" fn can_activate_while_processing(_plugin: *const clap_plugin) -> bool {
    true
}

/// A guide that is not active is as if it were not connected. [audio-thread] while processing, else [main-thread]
unsafe extern "C" fn set_active(
    plugin: *const clap_plugin,
    is_input: bool,
    index: u32,
    is_active: bool,
    sample_size: u32,
) -> bool {
    // 0: the host does not say yet.
    if index >= port_count(is_input) || !matches!(sample_size, 0 | 32) {
        return false;
    }
    // SAFETY: the host's pointer to a plugin of ours.
    unsafe {
        with(plugin, false, |plugin| {
            if is_input && index == GUIDE {
                plugin.guide_active.store(is_active, Relaxed);
            }
            true
        })
    }
}
