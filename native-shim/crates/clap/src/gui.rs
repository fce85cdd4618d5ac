//! The editor: a panel in a window that the host gives. Linux with X11; elsewhere there is none yet.

use crate::plugin::with;
use clap_sys::ext::gui::{CLAP_WINDOW_API_X11, clap_gui_resize_hints, clap_plugin_gui, clap_window};
use clap_sys::plugin::clap_plugin;
use simmer_instance::EditorDesk;
use simmer_panel::Panel;
use std::ffi::{CStr, c_char};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub static GUI: clap_plugin_gui = clap_plugin_gui {
    is_api_supported: Some(is_api_supported),
    get_preferred_api: Some(get_preferred_api),
    create: Some(create),
    destroy: Some(destroy),
    set_scale: Some(set_scale),
    get_size: Some(get_size),
    can_resize: Some(can_resize),
    get_resize_hints: Some(get_resize_hints),
    adjust_size: Some(adjust_size),
    set_size: Some(set_size),
    set_parent: Some(set_parent),
    set_transient: Some(set_transient),
    suggest_title: Some(suggest_title),
    show: Some(show),
    hide: Some(hide),
};

/// The editor of one plugin. Only the main thread touches it.
pub struct Editor(Mutex<State>);

struct State {
    scale: f32,
    panel: Option<Panel>,
}

impl Editor {
    /// [main-thread]
    pub fn new() -> Editor {
        Editor(Mutex::new(State { scale: 1.0, panel: None }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the panel, if one is open. [main-thread]
    pub fn close(&self) {
        let panel = self.state().panel.take();
        drop(panel);
    }
}

/// # Safety
/// `api` is null or ends with a zero.
unsafe fn is_x11(api: *const c_char, is_floating: bool) -> bool {
    // SAFETY: as of this function.
    !is_floating && !api.is_null() && unsafe { CStr::from_ptr(api) } == CLAP_WINDOW_API_X11
}

/// [main-thread]
unsafe extern "C" fn is_api_supported(_plugin: *const clap_plugin, api: *const c_char, is_floating: bool) -> bool {
    // SAFETY: the host's string.
    unsafe { is_x11(api, is_floating) }
}

/// [main-thread]
unsafe extern "C" fn get_preferred_api(
    _plugin: *const clap_plugin,
    api: *mut *const c_char,
    is_floating: *mut bool,
) -> bool {
    // SAFETY: null or places to fill.
    let (Some(api), Some(is_floating)) = (unsafe { api.as_mut() }, unsafe { is_floating.as_mut() }) else {
        return false;
    };
    (*api, *is_floating) = (CLAP_WINDOW_API_X11.as_ptr(), false);
    true
}

/// [main-thread]
unsafe extern "C" fn create(plugin: *const clap_plugin, api: *const c_char, is_floating: bool) -> bool {
    // SAFETY: the host's pointers.
    unsafe { with(plugin, false, |_| is_x11(api, is_floating)) }
}

/// [main-thread]
unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    // SAFETY: the host's pointer to a plugin of ours.
    unsafe { with(plugin, (), |plugin| plugin.editor.close()) };
}

/// [main-thread]
unsafe extern "C" fn set_scale(plugin: *const clap_plugin, scale: f64) -> bool {
    // SAFETY: as above.
    unsafe {
        with(plugin, false, |plugin| {
            plugin.editor.state().scale = scale as f32;
            scale.is_finite()
        })
    }
}

/// [main-thread]
unsafe extern "C" fn get_size(plugin: *const clap_plugin, width: *mut u32, height: *mut u32) -> bool {
    // SAFETY: as above; null or places to fill.
    unsafe {
        with(plugin, false, |plugin| {
            let (Some(width), Some(height)) = (width.as_mut(), height.as_mut()) else { return false };
            let (wide, high) = Panel::size(plugin.editor.state().scale);
            (*width, *height) = (u32::from(wide), u32::from(high));
            true
        })
    }
}

/// [main-thread]
unsafe extern "C" fn can_resize(_plugin: *const clap_plugin) -> bool {
    false
}

/// [main-thread]
unsafe extern "C" fn get_resize_hints(_plugin: *const clap_plugin, _hints: *mut clap_gui_resize_hints) -> bool {
    false
}

/// [main-thread]
unsafe extern "C" fn adjust_size(plugin: *const clap_plugin, width: *mut u32, height: *mut u32) -> bool {
    // SAFETY: as of get_size.
    unsafe { get_size(plugin, width, height) }
}

/// [main-thread]
unsafe extern "C" fn set_size(plugin: *const clap_plugin, width: u32, height: u32) -> bool {
    // SAFETY: the host's pointer to a plugin of ours.
    unsafe {
        with(plugin, false, |plugin| {
            let (wide, high) = Panel::size(plugin.editor.state().scale);
            (width, height) == (u32::from(wide), u32::from(high))
        })
    }
}

/// [main-thread]
unsafe extern "C" fn set_parent(plugin: *const clap_plugin, window: *const clap_window) -> bool {
    // SAFETY: the host's pointers; of the window's kinds the one that it says it is.
    unsafe {
        with(plugin, false, |plugin| {
            let Some(window) = window.as_ref().filter(|window| is_x11(window.api, false)) else { return false };
            let Ok(parent) = u32::try_from(window.specific.x11) else { return false };
            plugin.editor.close();
            let mut state = plugin.editor.state();
            state.panel = Panel::open(parent, state.scale, Box::new(EditorDesk::new(&plugin.instance)));
            state.panel.is_some()
        })
    }
}

/// [main-thread]
unsafe extern "C" fn set_transient(_plugin: *const clap_plugin, _window: *const clap_window) -> bool {
    false
}

/// [main-thread]
unsafe extern "C" fn suggest_title(_plugin: *const clap_plugin, _title: *const c_char) {}

/// The panel is shown as soon as it has a window. [main-thread]
unsafe extern "C" fn show(_plugin: *const clap_plugin) -> bool {
    true
}

/// The host hides its own window. [main-thread]
unsafe extern "C" fn hide(_plugin: *const clap_plugin) -> bool {
    true
}
