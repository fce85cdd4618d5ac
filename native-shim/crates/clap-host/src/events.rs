//! Event lists in fixed places.

use crate::block::{Say, header};
use clap_sys::events::*;
use std::ffi::c_void;
use std::ptr::{null, null_mut};

const EVENTS_MAX: usize = 8192;

#[repr(C)]
#[derive(Clone, Copy)]
union Item {
    value: clap_event_param_value,
    transport: clap_event_transport,
}

/// The events of a block, as the plugin reads them.
#[derive(Default)]
pub struct Given(Vec<Item>);

/// One step of a gesture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    Begin(u32),
    /// Id and plain value.
    Value(u32, f64),
    End(u32),
}

/// What the plugin reported in one call.
pub struct OutputEvents {
    steps: Vec<Step>,
    /// The offset of the last one: they must come by rising offset.
    offset: u32,
}

impl Given {
    /// Everything that takes memory happens here.
    pub(crate) fn fill(&mut self, says: &[Say]) {
        self.0.clear();
        self.0.extend(says.iter().map(|say| match *say {
            Say::Value { offset, id, plain } => Item { value: value(offset, id, plain) },
            Say::Place { offset, place } => Item { transport: place.event(offset) },
            Say::Foreign => {
                let mut event = value(0, 0, 1.5);
                event.header.space_id = 7;
                Item { value: event }
            }
        }));
    }

    pub fn list(&self) -> clap_input_events {
        clap_input_events { ctx: (&raw const self.0).cast_mut().cast(), size: Some(size), get: Some(get) }
    }
}

fn value(offset: u32, id: u32, plain: f64) -> clap_event_param_value {
    clap_event_param_value {
        header: header::<clap_event_param_value>(offset, CLAP_EVENT_PARAM_VALUE),
        param_id: id,
        cookie: null_mut(),
        note_id: -1,
        port_index: -1,
        channel: -1,
        key: -1,
        value: plain,
    }
}

unsafe fn items<'a>(list: *const clap_input_events) -> &'a [Item] {
    // SAFETY: made by `list`, and used while that lives.
    unsafe { &*(*list).ctx.cast::<Vec<Item>>() }
}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: as of `items`.
    unsafe { items(list) }.len() as u32
}

unsafe extern "C" fn get(list: *const clap_input_events, index: u32) -> *const clap_event_header {
    // SAFETY: as of `items`.
    unsafe { items(list) }.get(index as usize).map_or(null(), |item| (&raw const *item).cast())
}

impl OutputEvents {
    pub fn new() -> OutputEvents {
        OutputEvents { steps: Vec::with_capacity(EVENTS_MAX), offset: 0 }
    }

    pub fn clear(&mut self) {
        self.steps.clear();
        self.offset = 0;
    }

    pub fn last(&self, id: u32) -> Option<f64> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::Value(reported, value) if *reported == id => Some(*value),
            _ => None,
        })
    }

    /// In order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub fn list(&mut self) -> clap_output_events {
        clap_output_events { ctx: (&raw mut *self).cast::<c_void>(), try_push: Some(try_push) }
    }
}

unsafe extern "C" fn try_push(list: *const clap_output_events, event: *const clap_event_header) -> bool {
    // SAFETY: made by `list` from what nobody else uses during the call; the plugin's event is what it says.
    unsafe {
        let reported = &mut *(*list).ctx.cast::<OutputEvents>();
        let step = match (*event).type_ {
            CLAP_EVENT_PARAM_VALUE => {
                let value = event.cast::<clap_event_param_value>();
                Step::Value((*value).param_id, (*value).value)
            }
            CLAP_EVENT_PARAM_GESTURE_BEGIN => Step::Begin((*event.cast::<clap_event_param_gesture>()).param_id),
            CLAP_EVENT_PARAM_GESTURE_END => Step::End((*event.cast::<clap_event_param_gesture>()).param_id),
            _ => return false,
        };
        if reported.steps.len() == reported.steps.capacity() || (*event).time < reported.offset {
            return false;
        }
        reported.offset = (*event).time;
        reported.steps.push(step);
    }
    true
}
