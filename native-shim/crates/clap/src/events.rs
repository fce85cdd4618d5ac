//! The host's event lists.

use clap_sys::events::*;
use clap_sys::id::clap_id;
use simmer_core::parameter::PARAMETERS;
use simmer_instance::{Edit, Phase};
use std::mem::size_of;
use std::ptr::null_mut;

/// What is understood of the host's events. Notes and the rest mean nothing here; gestures only bracket values.
#[derive(Clone, Copy)]
pub enum Event {
    /// A parameter has another plain value from this offset on.
    Value { offset: u32, id: clap_id, plain: f64 },
    /// The transport is another one from this offset on.
    Transport { offset: u32, transport: clap_event_transport },
}

/// Reads a list of events; no list is an empty one. [audio-thread]
#[derive(Clone, Copy)]
pub struct Input<'a>(Option<&'a clap_input_events>);

impl<'a> Input<'a> {
    /// # Safety
    /// The list's functions may be called with it for as long as it lives.
    pub unsafe fn new(list: Option<&'a clap_input_events>) -> Input<'a> {
        Input(list)
    }

    pub fn len(&self) -> u32 {
        // SAFETY: as of `new`.
        self.0.and_then(|list| Some(unsafe { list.size?(list) })).unwrap_or(0)
    }

    /// An event that is understood; `None` for any other.
    pub fn get(&self, index: u32) -> Option<Event> {
        let list = self.0?;
        // SAFETY: as of `new`; the event is null or lives as long as the list, and is as large as its header says.
        unsafe {
            let event = list.get?(list, index);
            if event.is_null() {
                return None;
            }
            // Hosts that keep events of all sizes in one array do not always align them.
            let header = event.read_unaligned();
            if header.space_id != CLAP_CORE_EVENT_SPACE_ID {
                return None;
            }
            let holds = |size: usize| header.size as usize >= size;
            match header.type_ {
                CLAP_EVENT_PARAM_VALUE if holds(size_of::<clap_event_param_value>()) => {
                    let event = event.cast::<clap_event_param_value>().read_unaligned();
                    Some(Event::Value { offset: header.time, id: event.param_id, plain: event.value })
                }
                CLAP_EVENT_TRANSPORT if holds(size_of::<clap_event_transport>()) => {
                    let transport = event.cast::<clap_event_transport>().read_unaligned();
                    Some(Event::Transport { offset: header.time, transport })
                }
                _ => None,
            }
        }
    }
}

/// Tells the host a value at the start of the block; false if it does not take it. [audio-thread]
///
/// # Safety
/// The list's function may be called with it.
pub unsafe fn push_value(list: Option<&clap_output_events>, id: clap_id, plain: f64) -> bool {
    let event = clap_event_param_value {
        header: clap_event_header {
            size: size_of::<clap_event_param_value>() as u32,
            time: 0,
            space_id: CLAP_CORE_EVENT_SPACE_ID,
            type_: CLAP_EVENT_PARAM_VALUE,
            flags: 0,
        },
        param_id: id,
        cookie: null_mut(),
        note_id: -1,
        port_index: -1,
        channel: -1,
        key: -1,
        value: plain,
    };
    // SAFETY: the event lives through the call, and its header says what it is.
    list.and_then(|list| Some(unsafe { list.try_push?(list, &raw const event.header) })).unwrap_or(false)
}

/// Tells the host one step of a gesture at the start of the block; false if it does not take it. [audio-thread], or
/// [main-thread] in flush()
///
/// # Safety
/// The list's function may be called with it.
pub unsafe fn push_edit(list: Option<&clap_output_events>, edit: Edit) -> bool {
    // The core lets only inputs through.
    let Some(spec) = PARAMETERS.get(edit.index) else { return true };
    let type_ = match edit.phase {
        Phase::Begin => CLAP_EVENT_PARAM_GESTURE_BEGIN,
        Phase::End => CLAP_EVENT_PARAM_GESTURE_END,
        // SAFETY: as of this function.
        Phase::Perform(plain) => return unsafe { push_value(list, spec.id, plain) },
    };
    let event = clap_event_param_gesture {
        header: clap_event_header {
            size: size_of::<clap_event_param_gesture>() as u32,
            time: 0,
            space_id: CLAP_CORE_EVENT_SPACE_ID,
            type_,
            flags: 0,
        },
        param_id: spec.id,
    };
    // SAFETY: the event lives through the call, and its header says what it is.
    list.and_then(|list| Some(unsafe { list.try_push?(list, &raw const event.header) })).unwrap_or(false)
}
