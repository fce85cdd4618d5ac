//! The editing half of the plugin: its parameters as the host sees them.

use crate::{connection, guard, stream, text};
use simmer_core::State;
use simmer_core::parameter::{self, Kind, PARAMETERS, Spec};
use std::ffi::c_char;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use vst3::Steinberg::Vst::ParameterInfo_::ParameterFlags_ as Flags;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;
use vst3::{Class, ComPtr, ComRef, uid};

/// Holds plain values. It shares nothing with the component but what the host carries across: the state, and messages.
pub struct Controller {
    values: [AtomicU64; PARAMETERS.len()],
    host: Mutex<Option<ComPtr<IHostApplication>>>,
    component: Mutex<Option<ComPtr<IConnectionPoint>>>,
}

impl Class for Controller {
    type Interfaces = (IEditController, IConnectionPoint);
}

/// What is in a slot now. The lock is not held while the host is called. [main-thread]
fn held<T: Clone>(slot: &Mutex<Option<T>>) -> Option<T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Puts something else into a slot. What was there is let go after the lock is. [main-thread]
fn put<T>(slot: &Mutex<Option<T>>, value: Option<T>) {
    let before = std::mem::replace(&mut *slot.lock().unwrap_or_else(PoisonError::into_inner), value);
    drop(before);
}

impl Controller {
    pub const CID: TUID = uid(0x2D5A9C13, 0x61F74B08, 0x8E27A6B9, 0x53694D43);

    /// [main-thread]
    pub fn new() -> Controller {
        Controller {
            values: PARAMETERS.map(|spec| AtomicU64::new(spec.default.to_bits())),
            host: Mutex::new(None),
            component: Mutex::new(None),
        }
    }

    fn slot(&self, id: u32) -> Option<(&'static Spec, &AtomicU64)> {
        Some((parameter::spec(id)?, self.values.get(usize::try_from(id).ok()?)?))
    }
}

impl IPluginBaseTrait for Controller {
    unsafe fn initialize(&self, context: *mut FUnknown) -> tresult {
        guard::entry(|| {
            // SAFETY: the host passes null or an object; the cast counts a reference of our own.
            let host = unsafe { ComRef::from_raw(context) }.and_then(|context| context.cast::<IHostApplication>());
            put(&self.host, host);
            kResultOk
        })
    }

    unsafe fn terminate(&self) -> tresult {
        guard::entry(|| {
            put(&self.component, None);
            put(&self.host, None);
            kResultOk
        })
    }
}

impl IEditControllerTrait for Controller {
    unsafe fn setComponentState(&self, state: *mut IBStream) -> tresult {
        guard::entry(|| {
            // SAFETY: null or a stream that lives through the call.
            let Some(stream) = (unsafe { ComRef::from_raw(state) }) else { return kInvalidArgument };
            let decoded = stream::read_all(stream).and_then(|bytes| State::decode(&bytes).ok());
            let Some(state) = decoded else { return kResultFalse };
            for spec in parameter::inputs() {
                if let (Some((_, slot)), Some(value)) = (self.slot(spec.id), state.values.get(spec.id as usize)) {
                    slot.store(value.to_bits(), Relaxed);
                }
            }
            kResultOk
        })
    }

    unsafe fn setState(&self, _state: *mut IBStream) -> tresult {
        kResultOk
    }

    unsafe fn getState(&self, _state: *mut IBStream) -> tresult {
        kResultOk
    }

    unsafe fn getParameterCount(&self) -> i32 {
        PARAMETERS.len() as i32
    }

    unsafe fn getParameterInfo(&self, index: i32, info: *mut ParameterInfo) -> tresult {
        guard::entry(|| {
            let spec = usize::try_from(index).ok().and_then(|index| PARAMETERS.get(index));
            // SAFETY: null or a structure to fill.
            let (Some(spec), Some(info)) = (spec, unsafe { info.as_mut() }) else { return kInvalidArgument };
            info.id = spec.id;
            text::copy_wide(spec.title, &mut info.title);
            text::copy_wide(spec.title, &mut info.shortTitle);
            text::copy_wide(spec.unit, &mut info.units);
            info.stepCount = spec.step_count();
            info.defaultNormalizedValue = spec.to_normalised(spec.default);
            info.unitId = 0;
            let mut flags = 0;
            if spec.automatable {
                flags |= Flags::kCanAutomate;
            }
            if spec.read_only {
                flags |= Flags::kIsReadOnly;
            }
            if matches!(spec.kind, Kind::List(_)) {
                flags |= Flags::kIsList;
            }
            info.flags = flags as i32;
            kResultOk
        })
    }

    unsafe fn getParamStringByValue(&self, id: u32, normalised: f64, string: *mut String128) -> tresult {
        guard::entry(|| {
            // SAFETY: null or an array to fill.
            let (Some(spec), Some(string)) = (parameter::spec(id), unsafe { string.as_mut() }) else {
                return kInvalidArgument;
            };
            let plain = spec.to_plain(normalised).unwrap_or(spec.default);
            text::copy_wide(&spec.text(plain), string);
            kResultOk
        })
    }

    unsafe fn getParamValueByString(&self, id: u32, string: *mut TChar, normalised: *mut f64) -> tresult {
        guard::entry(|| {
            // SAFETY: null or a number to fill; the string ends with a zero.
            let (Some(spec), Some(normalised)) = (parameter::spec(id), unsafe { normalised.as_mut() }) else {
                return kInvalidArgument;
            };
            // SAFETY: as above.
            let Some(plain) = spec.parse(&unsafe { text::read_wide(string, 128) }) else { return kResultFalse };
            *normalised = spec.to_normalised(plain);
            kResultOk
        })
    }

    unsafe fn normalizedParamToPlain(&self, id: u32, normalised: f64) -> f64 {
        guard::entry_or(0.0, || {
            parameter::spec(id).map_or(0.0, |spec| spec.to_plain(normalised).unwrap_or(spec.default))
        })
    }

    unsafe fn plainParamToNormalized(&self, id: u32, plain: f64) -> f64 {
        guard::entry_or(0.0, || parameter::spec(id).map_or(0.0, |spec| spec.to_normalised(plain)))
    }

    unsafe fn getParamNormalized(&self, id: u32) -> f64 {
        guard::entry_or(0.0, || {
            self.slot(id).map_or(0.0, |(spec, slot)| spec.to_normalised(f64::from_bits(slot.load(Relaxed))))
        })
    }

    unsafe fn setParamNormalized(&self, id: u32, normalised: f64) -> tresult {
        guard::entry(|| {
            let Some((spec, slot)) = self.slot(id) else { return kInvalidArgument };
            let Some(plain) = spec.to_plain(normalised) else { return kInvalidArgument };
            slot.store(plain.to_bits(), Relaxed);
            if let (false, Some(host), Some(component)) = (spec.read_only, held(&self.host), held(&self.component)) {
                // A host without messages delivers the value in process(), or not at all.
                connection::send_value(&host, &component, id, plain);
            }
            kResultOk
        })
    }

    unsafe fn setComponentHandler(&self, _handler: *mut IComponentHandler) -> tresult {
        kResultOk
    }

    unsafe fn createView(&self, _name: *const c_char) -> *mut IPlugView {
        std::ptr::null_mut()
    }
}

impl IConnectionPointTrait for Controller {
    unsafe fn connect(&self, other: *mut IConnectionPoint) -> tresult {
        guard::entry(|| {
            // SAFETY: null or an object; the reference we keep is counted.
            let Some(other) = (unsafe { ComRef::from_raw(other) }) else { return kInvalidArgument };
            put(&self.component, Some(other.to_com_ptr()));
            kResultOk
        })
    }

    unsafe fn disconnect(&self, _other: *mut IConnectionPoint) -> tresult {
        guard::entry(|| {
            put(&self.component, None);
            kResultOk
        })
    }

    unsafe fn notify(&self, _message: *mut IMessage) -> tresult {
        kResultFalse
    }
}
