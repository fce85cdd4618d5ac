//! One instance as the host holds it: its life and its extensions.

use crate::factory::DESCRIPTOR;
#[cfg(target_os = "linux")]
use crate::gui;
use crate::host::Host;
use crate::song::SongClock;
use crate::{params, port_info, process, render, state, track};
use clap_sys::ext::audio_ports::CLAP_EXT_AUDIO_PORTS;
use clap_sys::ext::audio_ports_activation::{CLAP_EXT_AUDIO_PORTS_ACTIVATION, CLAP_EXT_AUDIO_PORTS_ACTIVATION_COMPAT};
use clap_sys::ext::latency::CLAP_EXT_LATENCY;
use clap_sys::ext::params::CLAP_EXT_PARAMS;
use clap_sys::ext::render::CLAP_EXT_RENDER;
use clap_sys::ext::state::CLAP_EXT_STATE;
use clap_sys::ext::track_info::{CLAP_EXT_TRACK_INFO, CLAP_EXT_TRACK_INFO_COMPAT};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process, clap_process_status};
use simmer_instance::{Exclusive, Instance, or_on_panic};
use std::ffi::{CStr, c_char, c_void};
use std::ptr::{null, null_mut};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// One instance. The host holds a pointer to `raw`, which points back here.
pub struct Plugin {
    raw: clap_plugin,
    pub host: Host,
    pub instance: Arc<Instance>,
    #[cfg(target_os = "linux")]
    pub editor: gui::Editor,
    pub clock: Exclusive<SongClock>,
    pub guide_active: AtomicBool,
}

impl Plugin {
    /// The instance lives until `destroy`. [thread-safe]
    pub fn create(host: *const clap_host) -> *const clap_plugin {
        let raw = clap_plugin {
            desc: &raw const DESCRIPTOR,
            plugin_data: null_mut(),
            init: Some(init),
            destroy: Some(destroy),
            activate: Some(activate),
            deactivate: Some(deactivate),
            start_processing: Some(start_processing),
            stop_processing: Some(forget_place),
            reset: Some(forget_place),
            process: Some(process),
            get_extension: Some(get_extension),
            on_main_thread: Some(on_main_thread),
        };
        let plugin = Box::into_raw(Box::new(Plugin {
            raw,
            // SAFETY: the factory has checked that there is one; CLAP lets it outlive its plugins.
            host: unsafe { Host::new(host) },
            instance: Arc::new(Instance::new()),
            #[cfg(target_os = "linux")]
            editor: gui::Editor::new(),
            clock: Exclusive::new(SongClock::new(48_000.0)),
            guide_active: AtomicBool::new(true),
        }));
        // SAFETY: just made, and nobody else has it yet.
        unsafe {
            (*plugin).raw.plugin_data = plugin.cast();
            &raw const (*plugin).raw
        }
    }

    /// The instance behind the host's pointer.
    ///
    /// # Safety
    /// `plugin` is null, or came from [`Plugin::create`] and was not destroyed.
    pub unsafe fn of<'a>(plugin: *const clap_plugin) -> Option<&'a Plugin> {
        // SAFETY: as of this function; the data is the box of `create`, only ever shared.
        unsafe { plugin.as_ref()?.plugin_data.cast::<Plugin>().as_ref() }
    }
}

/// Runs an entry on the instance behind the host's pointer; `otherwise` if there is none, or it panics.
///
/// # Safety
/// As of [`Plugin::of`].
pub unsafe fn with<T: Copy>(plugin: *const clap_plugin, otherwise: T, body: impl FnOnce(&Plugin) -> T) -> T {
    // SAFETY: as of this function.
    let Some(plugin) = (unsafe { Plugin::of(plugin) }) else { return otherwise };
    or_on_panic(otherwise, || body(plugin))
}

/// [main-thread]
unsafe extern "C" fn init(plugin: *const clap_plugin) -> bool {
    // SAFETY: the host's pointer to a plugin of ours.
    unsafe {
        with(plugin, false, |plugin| {
            plugin.instance.set_host_name(plugin.host.name());
            let host = plugin.host;
            plugin.instance.on_edits(Some(Arc::new(move || {
                host.request_flush();
                // New names are reported on the main thread.
                host.request_callback();
            })));
            track::ask(plugin);
            true
        })
    }
}

/// [main-thread]
unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    or_on_panic((), || {
        // SAFETY: the host's pointer to a plugin of ours, which it uses for the last time.
        let Some(data) = (unsafe { plugin.as_ref() }).map(|plugin| plugin.plugin_data.cast::<Plugin>()) else { return };
        if !data.is_null() {
            // SAFETY: from `Box::into_raw` in `create`, and not freed before.
            let plugin = unsafe { Box::from_raw(data) };
            #[cfg(target_os = "linux")]
            plugin.editor.close();
            // The host is not asked for anything any more; the link, which would, has ended when this returns.
            plugin.instance.on_edits(None);
            plugin.instance.end();
        }
    });
}

/// [main-thread]
unsafe extern "C" fn activate(plugin: *const clap_plugin, sample_rate: f64, _frames_min: u32, frames_max: u32) -> bool {
    // SAFETY: the host's pointer to a plugin of ours.
    unsafe {
        with(plugin, false, |plugin| {
            plugin.instance.set_up(sample_rate, i32::try_from(frames_max).unwrap_or(i32::MAX))
                && plugin.instance.activate()
                && plugin.clock.with(|clock| *clock = SongClock::new(sample_rate)).is_some()
        })
    }
}

/// [main-thread]
unsafe extern "C" fn deactivate(_plugin: *const clap_plugin) {}

/// [audio-thread]
unsafe extern "C" fn start_processing(plugin: *const clap_plugin) -> bool {
    // SAFETY: the host's pointer to a plugin of ours.
    unsafe { forget_place(plugin) };
    true
}

/// The next block need not follow the last one. All else is addressed by song frame: there is nothing to clear.
/// [audio-thread]
unsafe extern "C" fn forget_place(plugin: *const clap_plugin) {
    // SAFETY: the host's pointer to a plugin of ours.
    unsafe {
        with(plugin, (), |plugin| {
            plugin.clock.try_with(SongClock::interrupt);
        });
    }
}

/// [audio-thread]
unsafe extern "C" fn process(plugin: *const clap_plugin, process: *const clap_process) -> clap_process_status {
    // SAFETY: null or a call that lives through this one.
    let Some(call) = (unsafe { process.as_ref() }) else { return CLAP_PROCESS_ERROR };
    // SAFETY: the host's pointers, as CLAP defines them.
    let done = unsafe { with(plugin, None, |plugin| Some(process::process(plugin, call))) };
    done.unwrap_or_else(|| {
        // SAFETY: as above.
        unsafe { process::silence(call) };
        CLAP_PROCESS_ERROR
    })
}

/// [thread-safe]
unsafe extern "C" fn get_extension(_plugin: *const clap_plugin, id: *const c_char) -> *const c_void {
    if id.is_null() {
        return null();
    }
    // SAFETY: not null, so it is a string that ends with a zero.
    let id = unsafe { CStr::from_ptr(id) };
    #[cfg(target_os = "linux")]
    if id == clap_sys::ext::gui::CLAP_EXT_GUI {
        return (&raw const gui::GUI).cast();
    }
    if id == CLAP_EXT_AUDIO_PORTS {
        (&raw const port_info::PORTS).cast()
    } else if id == CLAP_EXT_AUDIO_PORTS_ACTIVATION || id == CLAP_EXT_AUDIO_PORTS_ACTIVATION_COMPAT {
        (&raw const port_info::ACTIVATION).cast()
    } else if id == CLAP_EXT_PARAMS {
        (&raw const params::PARAMS).cast()
    } else if id == CLAP_EXT_STATE {
        (&raw const state::STATE).cast()
    } else if id == CLAP_EXT_RENDER {
        (&raw const render::RENDER).cast()
    } else if id == CLAP_EXT_LATENCY {
        (&raw const render::LATENCY).cast()
    } else if id == CLAP_EXT_TRACK_INFO || id == CLAP_EXT_TRACK_INFO_COMPAT {
        (&raw const track::TRACK_INFO).cast()
    } else {
        null()
    }
}

/// [main-thread]
unsafe extern "C" fn on_main_thread(plugin: *const clap_plugin) {
    // SAFETY: the host's pointer to a plugin of ours.
    unsafe {
        with(plugin, (), |plugin| {
            if plugin.instance.take_labels_changed() {
                plugin.host.texts_changed();
            }
        });
    }
}
