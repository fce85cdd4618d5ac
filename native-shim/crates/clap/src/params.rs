//! The parameters as the host sees them: ids and plain values are the core's.

use crate::events::{self, Event};
use crate::plugin::with;
use crate::text;
use clap_sys::events::{clap_input_events, clap_output_events};
use clap_sys::ext::params::*;
use clap_sys::id::clap_id;
use clap_sys::plugin::clap_plugin;
use simmer_core::parameter::{self, Kind, PARAMETERS, Spec};
use std::ffi::{CStr, c_char};
use std::ptr::null_mut;
use std::slice;

pub static PARAMS: clap_plugin_params = clap_plugin_params {
    count: Some(count),
    get_info: Some(get_info),
    get_value: Some(get_value),
    value_to_text: Some(value_to_text),
    text_to_value: Some(text_to_value),
    flush: Some(flush),
};

/// [main-thread]
unsafe extern "C" fn count(_plugin: *const clap_plugin) -> u32 {
    PARAMETERS.len() as u32
}

fn flags(spec: &Spec) -> clap_param_info_flags {
    let mut flags = 0;
    if spec.automatable {
        flags |= CLAP_PARAM_IS_AUTOMATABLE;
    }
    if spec.read_only {
        flags |= CLAP_PARAM_IS_READONLY;
    }
    flags
        | match spec.kind {
            Kind::Continuous { .. } => 0,
            Kind::Artist | Kind::Genre => CLAP_PARAM_IS_STEPPED | CLAP_PARAM_IS_ENUM,
            Kind::Integer | Kind::Count => CLAP_PARAM_IS_STEPPED,
            Kind::List(_) => CLAP_PARAM_IS_STEPPED | CLAP_PARAM_IS_ENUM,
        }
}

/// [main-thread]
unsafe extern "C" fn get_info(plugin: *const clap_plugin, index: u32, info: *mut clap_param_info) -> bool {
    // SAFETY: the host's pointer to a plugin of ours, and null or a structure to fill.
    unsafe {
        with(plugin, false, |_| {
            let spec = usize::try_from(index).ok().and_then(|index| PARAMETERS.get(index));
            let (Some(spec), Some(info)) = (spec, info.as_mut()) else { return false };
            info.id = spec.id;
            info.flags = flags(spec);
            info.cookie = null_mut();
            text::copy(spec.title, &mut info.name);
            text::copy("", &mut info.module);
            info.min_value = spec.min;
            info.max_value = spec.max;
            info.default_value = spec.default;
            true
        })
    }
}

/// [main-thread]
unsafe extern "C" fn get_value(plugin: *const clap_plugin, id: clap_id, value: *mut f64) -> bool {
    // SAFETY: as above.
    unsafe {
        with(plugin, false, |plugin| {
            let (Some(found), Some(value)) = (plugin.instance.value(id), value.as_mut()) else { return false };
            *value = found;
            true
        })
    }
}

/// [main-thread]
unsafe extern "C" fn value_to_text(
    plugin: *const clap_plugin,
    id: clap_id,
    value: f64,
    shown: *mut c_char,
    capacity: u32,
) -> bool {
    // SAFETY: as above; not null, `shown` has the capacity that is said.
    unsafe {
        with(plugin, false, |plugin| {
            let Some(spec) = parameter::spec(id) else { return false };
            if !value.is_finite() || shown.is_null() || capacity == 0 {
                return false;
            }
            let mut words = spec.text(value, &plugin.instance.labels());
            if !spec.unit.is_empty() {
                words.push(' ');
                words.push_str(spec.unit);
            }
            text::copy(&words, slice::from_raw_parts_mut(shown, capacity as usize));
            true
        })
    }
}

/// [main-thread]
unsafe extern "C" fn text_to_value(
    plugin: *const clap_plugin,
    id: clap_id,
    words: *const c_char,
    value: *mut f64,
) -> bool {
    // SAFETY: as above; not null, `words` ends with a zero.
    unsafe {
        with(plugin, false, |plugin| {
            if words.is_null() {
                return false;
            }
            let (Some(spec), Some(value)) = (parameter::spec(id), value.as_mut()) else { return false };
            let Some(plain) =
                CStr::from_ptr(words).to_str().ok().and_then(|words| spec.parse(words, &plugin.instance.labels()))
            else {
                return false;
            };
            *value = plain;
            true
        })
    }
}

/// Values without a process call: they are in the state at once, and the next process call begins with them. What a person has
/// moved is passed on here too; what is read-only changes in process calls alone.
/// [audio-thread] while active, else [main-thread]; never at once with process().
unsafe extern "C" fn flush(
    plugin: *const clap_plugin,
    input: *const clap_input_events,
    output: *const clap_output_events,
) {
    // SAFETY: the host's pointer to a plugin of ours; null or lists that live through the call.
    unsafe {
        with(plugin, (), |plugin| {
            let input = events::Input::new(input.as_ref());
            for index in 0..input.len() {
                if let Some(Event::Value { id, plain, .. }) = input.get(index) {
                    plugin.instance.set_value(id, plain);
                }
            }
            let output = output.as_ref();
            plugin.instance.apply_own_edits(|edit| events::push_edit(output, edit));
        });
    }
}
