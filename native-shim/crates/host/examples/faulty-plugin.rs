//! A plugin that does to its host's buffers what none may do, for `tests/contract.rs`: the test host must see it.
//! `SIMMER_TEST_FAULT` says what, in the second call of each instance; without it, it plays zeros as it should.

#![allow(clippy::missing_safety_doc, reason = "COM methods: the ABI is the contract")]
#![allow(clippy::unnecessary_cast, reason = "enum constants of the ABI are signed on Windows, unsigned elsewhere")]

use std::ffi::{c_char, c_void};
use std::sync::atomic::{AtomicU32, Ordering};
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;
use vst3::{Class, ComWrapper, uid};

/// Component and controller in one object.
struct Faulty {
    fault: String,
    call_count: AtomicU32,
}

const CID: TUID = uid(0x41D7E2B0, 0x5C6A4F19, 0x93B8C7F2, 0x4661756C);

impl Class for Faulty {
    type Interfaces = (IComponent, IAudioProcessor, IEditController);
}

/// What a bus has for its channels; `None`: no such bus in this call.
///
/// # Safety
/// `buses` is null or has `count` buses with two channels of float buffers each.
unsafe fn channels(buses: *mut AudioBusBuffers, count: i32) -> Option<[*mut f32; 2]> {
    if buses.is_null() || count < 1 {
        return None;
    }
    // SAFETY: by this function's own condition.
    unsafe {
        let pointers = (*buses).__field0.channelBuffers32;
        Some([*pointers, *pointers.add(1)])
    }
}

impl IAudioProcessorTrait for Faulty {
    unsafe fn process(&self, data: *mut ProcessData) -> tresult {
        // SAFETY: null or data that lives through the call.
        let Some(data) = (unsafe { data.as_ref() }) else { return kInvalidArgument };
        let frame_count = data.numSamples.max(0) as usize;
        // SAFETY: the test host's buses are as `channels` asks.
        let buses = unsafe { (channels(data.inputs, data.numInputs), channels(data.outputs, data.numOutputs)) };
        let (Some(inputs), Some([left, right])) = buses else { return kResultOk };
        let is_turn = self.call_count.fetch_add(1, Ordering::Relaxed) == 1;
        let fault = if is_turn { self.fault.as_str() } else { "" };
        // SAFETY: each channel has the call's frames, and the test host has room behind them.
        unsafe {
            for index in 0..frame_count {
                *left.add(index) = 0.0;
                // The last frame of a call is the easiest to forget.
                if fault != "unwritten" || index + 1 < frame_count {
                    *right.add(index) = 0.0;
                }
            }
            match fault {
                "not-a-number" => *right = f32::NAN,
                "infinite" => *left.add(frame_count / 2) = f32::INFINITY,
                "loud" => *left = 1000.0,
                "too-long" => *right.add(frame_count) = 0.0,
                "input" => *inputs[1] = 0.25,
                "abort" => std::process::abort(),
                _ => {}
            }
        }
        kResultOk
    }
    unsafe fn setBusArrangements(
        &self,
        _inputs: *mut SpeakerArrangement,
        _input_count: i32,
        _outputs: *mut SpeakerArrangement,
        _output_count: i32,
    ) -> tresult {
        kResultOk
    }
    unsafe fn getBusArrangement(
        &self,
        _direction: BusDirection,
        _index: i32,
        _arrangement: *mut SpeakerArrangement,
    ) -> tresult {
        kNotImplemented
    }
    unsafe fn canProcessSampleSize(&self, _size: i32) -> tresult {
        kResultTrue
    }
    unsafe fn getLatencySamples(&self) -> u32 {
        0
    }
    unsafe fn setupProcessing(&self, _setup: *mut ProcessSetup) -> tresult {
        kResultOk
    }
    unsafe fn setProcessing(&self, _state: TBool) -> tresult {
        kResultOk
    }
    unsafe fn getTailSamples(&self) -> u32 {
        0
    }
}

impl IPluginBaseTrait for Faulty {
    unsafe fn initialize(&self, _context: *mut FUnknown) -> tresult {
        kResultOk
    }
    unsafe fn terminate(&self) -> tresult {
        kResultOk
    }
}

impl IComponentTrait for Faulty {
    unsafe fn getControllerClassId(&self, _class_id: *mut TUID) -> tresult {
        kNotImplemented
    }
    unsafe fn setIoMode(&self, _mode: IoMode) -> tresult {
        kResultOk
    }
    unsafe fn getBusCount(&self, _media: MediaType, _direction: BusDirection) -> i32 {
        1
    }
    unsafe fn getBusInfo(&self, _media: MediaType, _dir: BusDirection, _index: i32, _bus: *mut BusInfo) -> tresult {
        kNotImplemented
    }
    unsafe fn getRoutingInfo(&self, _input: *mut RoutingInfo, _output: *mut RoutingInfo) -> tresult {
        kNotImplemented
    }
    unsafe fn activateBus(&self, _media: MediaType, _direction: BusDirection, _index: i32, _state: TBool) -> tresult {
        kResultOk
    }
    unsafe fn setActive(&self, _state: TBool) -> tresult {
        kResultOk
    }
    unsafe fn setState(&self, _state: *mut IBStream) -> tresult {
        kResultOk
    }
    unsafe fn getState(&self, _state: *mut IBStream) -> tresult {
        kResultOk
    }
}

impl IEditControllerTrait for Faulty {
    unsafe fn setComponentState(&self, _state: *mut IBStream) -> tresult {
        kResultOk
    }
    unsafe fn setState(&self, _state: *mut IBStream) -> tresult {
        kResultOk
    }
    unsafe fn getState(&self, _state: *mut IBStream) -> tresult {
        kResultOk
    }
    unsafe fn getParameterCount(&self) -> i32 {
        0
    }
    unsafe fn getParameterInfo(&self, _index: i32, _info: *mut ParameterInfo) -> tresult {
        kInvalidArgument
    }
    unsafe fn getParamStringByValue(&self, _id: u32, _value: f64, _string: *mut String128) -> tresult {
        kInvalidArgument
    }
    unsafe fn getParamValueByString(&self, _id: u32, _string: *mut TChar, _value: *mut f64) -> tresult {
        kInvalidArgument
    }
    unsafe fn normalizedParamToPlain(&self, _id: u32, value: f64) -> f64 {
        value
    }
    unsafe fn plainParamToNormalized(&self, _id: u32, value: f64) -> f64 {
        value
    }
    unsafe fn getParamNormalized(&self, _id: u32) -> f64 {
        0.0
    }
    unsafe fn setParamNormalized(&self, _id: u32, _value: f64) -> tresult {
        kInvalidArgument
    }
    unsafe fn setComponentHandler(&self, _handler: *mut IComponentHandler) -> tresult {
        kResultOk
    }
    unsafe fn createView(&self, _name: *const c_char) -> *mut IPlugView {
        std::ptr::null_mut()
    }
}

struct Factory;

impl Class for Factory {
    type Interfaces = (IPluginFactory,);
}

impl IPluginFactoryTrait for Factory {
    unsafe fn getFactoryInfo(&self, _info: *mut PFactoryInfo) -> tresult {
        kNotImplemented
    }
    unsafe fn countClasses(&self) -> i32 {
        2
    }
    unsafe fn getClassInfo(&self, _index: i32, info: *mut PClassInfo) -> tresult {
        // SAFETY: null or a structure to fill.
        let Some(info) = (unsafe { info.as_mut() }) else { return kInvalidArgument };
        info.cid = CID;
        kResultOk
    }
    unsafe fn createInstance(&self, _cid: FIDString, iid: FIDString, object: *mut *mut c_void) -> tresult {
        let fault = std::env::var("SIMMER_TEST_FAULT").unwrap_or_default();
        let faulty = Faulty { fault, call_count: AtomicU32::new(0) };
        let Some(instance) = ComWrapper::new(faulty).to_com_ptr::<FUnknown>() else { return kInternalError };
        let unknown = instance.as_ptr();
        // SAFETY: `unknown` is alive through `instance`; the test host passes an id and a place to fill.
        unsafe { ((*(*unknown).vtbl).queryInterface)(unknown, iid as *const TUID, object) }
    }
}

/// [main-thread]
#[unsafe(no_mangle)]
pub extern "system" fn GetPluginFactory() -> *mut IPluginFactory {
    ComWrapper::new(Factory).to_com_ptr().map_or(std::ptr::null_mut(), |factory| factory.into_raw())
}

/// [main-thread]
#[unsafe(no_mangle)]
pub extern "system" fn ModuleEntry(_library: *mut c_void) -> bool {
    true
}
