//! The editing half of the plugin: its parameters as the host sees them.

use crate::context::Context;
use crate::desk::{Desk, put};
use crate::messenger::Messenger;
#[cfg(target_os = "linux")]
use crate::run_loop::Registered;
use crate::{connection, guard, stream, text};
use simmer_core::parameter::{self, Kind, PARAMETERS, Spec};
use simmer_core::{Labels, State};
#[cfg(target_os = "linux")]
use std::ffi::CStr;
use std::ffi::c_char;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
#[cfg(target_os = "linux")]
use vst3::Steinberg::Linux::IRunLoop;
use vst3::Steinberg::Vst::ChannelContext::{IInfoListener, IInfoListenerTrait, kChannelColorKey, kChannelNameKey};
use vst3::Steinberg::Vst::ParameterInfo_::ParameterFlags_ as Flags;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;
use vst3::{Class, ComPtr, ComRef, uid};

/// Holds plain values, at its desk. It shares nothing with the component but what the host carries across, the state and
/// messages, and that desk where both are in one process.
pub struct Controller {
    desk: Arc<Desk>,
    context: Context,
    host: Mutex<Option<ComPtr<IHostApplication>>>,
    component: Mutex<Option<ComPtr<IConnectionPoint>>>,
}

impl Class for Controller {
    type Interfaces = (IEditController, IConnectionPoint, IInfoListener);
}

/// What is in a slot now. The lock is not held while the host is called. [main-thread]
fn held<T: Clone>(slot: &Mutex<Option<T>>) -> Option<T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

impl Controller {
    pub const CID: TUID = uid(0x2D5A9C13, 0x61F74B08, 0x8E27A6B9, 0x53694D43);

    /// [main-thread]
    pub fn new(context: Context) -> Controller {
        Controller { desk: Desk::new(), context, host: Mutex::new(None), component: Mutex::new(None) }
    }

    fn slot(&self, id: u32) -> Option<(&'static Spec, &AtomicU64)> {
        self.desk.slot(id)
    }

    /// The names that the model has, where the component is in this process. [main-thread]
    fn labels(&self) -> Arc<Labels> {
        self.desk.instance().map(|instance| instance.labels()).unwrap_or_default()
    }

    /// The way to a thread from which gestures may be passed to the host. [main-thread]
    fn messenger(&self) -> Messenger {
        #[cfg(target_os = "linux")]
        {
            let of_module = self.context.get().and_then(|context| context.cast::<IRunLoop>());
            let run_loop = of_module.or_else(|| held(&self.host)?.cast::<IRunLoop>());
            if let Some(registered) = run_loop.and_then(|run_loop| Registered::new(run_loop, &self.desk)) {
                return Messenger::RunLoop(registered);
            }
        }
        Messenger::thread(&self.desk)
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
            self.desk.set_messenger(None);
            self.desk.set_handler(None);
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
            if matches!(spec.kind, Kind::List(_) | Kind::Artist | Kind::Genre) {
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
            text::copy_wide(&spec.text(plain, &self.labels()), string);
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
            let Some(plain) = spec.parse(&unsafe { text::read_wide(string, 128) }, &self.labels()) else {
                return kResultFalse;
            };
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

    unsafe fn setComponentHandler(&self, handler: *mut IComponentHandler) -> tresult {
        guard::entry(|| {
            // SAFETY: null or an object; the reference we keep is counted.
            self.desk.set_handler(unsafe { ComRef::from_raw(handler) }.map(|handler| handler.to_com_ptr()));
            kResultOk
        })
    }

    /// Only where the halves are in one process: the panel shows and turns what the component has.
    unsafe fn createView(&self, name: *const c_char) -> *mut IPlugView {
        #[cfg(target_os = "linux")]
        {
            // SAFETY: null or a string that ends with a zero, as the constant does.
            let is_editor = !name.is_null() && unsafe { CStr::from_ptr(name) == CStr::from_ptr(ViewType::kEditor) };
            if is_editor && self.desk.instance().is_some() {
                let view = vst3::ComWrapper::new(crate::view::View::new(&self.desk)).to_com_ptr::<IPlugView>();
                return view.map_or(std::ptr::null_mut(), ComPtr::into_raw);
            }
        }
        let _ = name;
        std::ptr::null_mut()
    }
}

impl IConnectionPointTrait for Controller {
    unsafe fn connect(&self, other: *mut IConnectionPoint) -> tresult {
        guard::entry(|| {
            // SAFETY: null or an object; the reference we keep is counted.
            let Some(other) = (unsafe { ComRef::from_raw(other) }) else { return kInvalidArgument };
            let component = other.to_com_ptr();
            put(&self.component, Some(component.clone()));
            let is_joined =
                held(&self.host).is_some_and(|host| connection::send_desk(&host, &component, self.desk.token));
            self.desk.set_messenger(is_joined.then(|| self.messenger()));
            kResultOk
        })
    }

    unsafe fn disconnect(&self, _other: *mut IConnectionPoint) -> tresult {
        guard::entry(|| {
            self.desk.set_messenger(None);
            put(&self.component, None);
            kResultOk
        })
    }

    unsafe fn notify(&self, _message: *mut IMessage) -> tresult {
        kResultFalse
    }
}

/// Units of the longest name a host gives a track: a String128.
const NAME_UNITS: usize = 128;

impl IInfoListenerTrait for Controller {
    unsafe fn setChannelContextInfos(&self, list: *mut IAttributeList) -> tresult {
        guard::entry(|| {
            // SAFETY: null or a list that lives through the call.
            let Some(list) = (unsafe { ComRef::from_raw(list) }) else { return kInvalidArgument };
            let (mut name, mut colour) = ([0 as TChar; NAME_UNITS], 0);
            // SAFETY: names that end with a zero, and places to fill, of which the first has as many bytes as are said.
            let (named, coloured) = unsafe {
                let bytes = std::mem::size_of_val(&name) as u32;
                let named = list.getString(kChannelNameKey, name.as_mut_ptr(), bytes) == kResultOk;
                (named, list.getInt(kChannelColorKey, &mut colour) == kResultOk)
            };
            // SAFETY: as many units as are said.
            let name = if named { unsafe { text::read_wide(name.as_ptr(), NAME_UNITS) } } else { String::new() };
            // A ColorSpec is 0xAARRGGBB.
            self.desk.set_track(name, coloured.then_some((colour & 0xff_ffff) as u32));
            kResultOk
        })
    }
}
