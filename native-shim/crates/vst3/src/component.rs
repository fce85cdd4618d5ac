//! The processing half of the plugin: its life, its buses and its state.

use crate::controller::Controller;
use crate::{buses, connection, desk, guard, stream, text};
use simmer_instance::Instance;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering::Relaxed};
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;
use vst3::{Class, ComRef, uid};

/// One instance.
pub struct Component {
    /// Shared with the controller's desk, which does not keep it alive.
    pub instance: Arc<Instance>,
    pub guide_active: AtomicBool,
    /// Channels of the main input and of the guide.
    pub input_channels: [AtomicI32; 2],
}

impl Class for Component {
    type Interfaces = (IComponent, IAudioProcessor, IProcessContextRequirements, IConnectionPoint);
}

impl Component {
    pub const CID: TUID = uid(0x7C0B2F64, 0x9A3E4D51, 0xB4E81D0C, 0x53694D4D);

    /// [main-thread]
    pub fn new() -> Component {
        Component {
            instance: Arc::new(Instance::new()),
            guide_active: AtomicBool::new(false),
            input_channels: [AtomicI32::new(2), AtomicI32::new(2)],
        }
    }
}

impl IPluginBaseTrait for Component {
    unsafe fn initialize(&self, context: *mut FUnknown) -> tresult {
        guard::entry(|| {
            // SAFETY: the host passes null or an object that lives through the call.
            let host = unsafe { ComRef::from_raw(context) }.and_then(|context| context.cast::<IHostApplication>());
            if let Some(host) = host {
                let mut name: String128 = [0; 128];
                // SAFETY: `name` is the fixed array the interface asks for.
                if unsafe { host.getName(&mut name) } == kResultOk {
                    // SAFETY: 128 units are there.
                    self.instance.set_host_name(unsafe { text::read_wide(name.as_ptr(), name.len()) });
                }
            }
            kResultOk
        })
    }

    unsafe fn terminate(&self) -> tresult {
        guard::entry(|| {
            self.instance.on_edits(None);
            self.instance.end();
            kResultOk
        })
    }
}

impl IComponentTrait for Component {
    unsafe fn getControllerClassId(&self, class_id: *mut TUID) -> tresult {
        // SAFETY: null or a TUID to fill.
        let Some(class_id) = (unsafe { class_id.as_mut() }) else { return kInvalidArgument };
        *class_id = Controller::CID;
        kResultOk
    }

    unsafe fn setIoMode(&self, _mode: IoMode) -> tresult {
        kResultOk
    }

    unsafe fn getBusCount(&self, media: MediaType, direction: BusDirection) -> i32 {
        buses::count(media, direction)
    }

    unsafe fn getBusInfo(&self, media: MediaType, direction: BusDirection, index: i32, bus: *mut BusInfo) -> tresult {
        guard::entry(|| {
            // SAFETY: null or a BusInfo to fill.
            let Some(bus) = (unsafe { bus.as_mut() }) else { return kInvalidArgument };
            let is_input = direction as u32 == BusDirections_::kInput as u32;
            let slot = usize::try_from(index).ok().and_then(|index| self.input_channels.get(index));
            let channels = if is_input { slot.map_or(2, |channels| channels.load(Relaxed)) } else { 2 };
            if buses::describe(media, direction, index, channels, bus) { kResultOk } else { kInvalidArgument }
        })
    }

    unsafe fn getRoutingInfo(&self, _input: *mut RoutingInfo, _output: *mut RoutingInfo) -> tresult {
        kNotImplemented
    }

    unsafe fn activateBus(&self, media: MediaType, direction: BusDirection, index: i32, state: TBool) -> tresult {
        if index < 0 || index >= buses::count(media, direction) {
            return kInvalidArgument;
        }
        if direction as u32 == BusDirections_::kInput as u32 && index == 1 {
            self.guide_active.store(state != 0, Relaxed);
        }
        kResultOk
    }

    unsafe fn setActive(&self, state: TBool) -> tresult {
        guard::entry(|| if state == 0 || self.instance.activate() { kResultOk } else { kResultFalse })
    }

    unsafe fn setState(&self, state: *mut IBStream) -> tresult {
        guard::entry(|| {
            // SAFETY: null or a stream that lives through the call.
            let Some(stream) = (unsafe { ComRef::from_raw(state) }) else { return kInvalidArgument };
            let loaded = stream::read_all(stream).is_some_and(|bytes| self.instance.load(&bytes));
            if loaded { kResultOk } else { kResultFalse }
        })
    }

    unsafe fn getState(&self, state: *mut IBStream) -> tresult {
        guard::entry(|| {
            // SAFETY: null or a stream that lives through the call.
            let Some(stream) = (unsafe { ComRef::from_raw(state) }) else { return kInvalidArgument };
            if stream::write_all(stream, &self.instance.save()) { kResultOk } else { kResultFalse }
        })
    }
}

impl IConnectionPointTrait for Component {
    unsafe fn connect(&self, other: *mut IConnectionPoint) -> tresult {
        // The component only listens.
        if other.is_null() { kInvalidArgument } else { kResultOk }
    }

    unsafe fn disconnect(&self, _other: *mut IConnectionPoint) -> tresult {
        kResultOk
    }

    unsafe fn notify(&self, message: *mut IMessage) -> tresult {
        guard::entry(|| {
            // SAFETY: null or a message that lives through the call.
            let Some(message) = (unsafe { ComRef::from_raw(message) }) else { return kInvalidArgument };
            if let Some(token) = connection::read_desk(message) {
                return if desk::join(token, &self.instance) { kResultOk } else { kResultFalse };
            }
            let Some((id, plain)) = connection::read_value(message) else { return kResultFalse };
            if self.instance.note_value(id, plain) { kResultOk } else { kInvalidArgument }
        })
    }
}
