//! A pass-through that delays by a constant number of frames and reports that as its latency. The tests put it before or
//! after Simmer on a track, to see that Simmer's audio stays in its place. `SIMMER_TEST_LATENCY_FRAMES` sets the
//! number (4096).

#![allow(clippy::missing_safety_doc, reason = "COM methods: the ABI is the contract")]
#![allow(clippy::unnecessary_cast, reason = "enum constants of the ABI are signed on Windows, unsigned elsewhere")]

mod factory;

use std::cell::UnsafeCell;
use std::ffi::c_char;
use std::sync::Mutex;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;
use vst3::{Class, uid};

const DEFAULT_FRAMES: usize = 4096;

/// Component and controller in one object.
pub struct Latent {
    frames: usize,
    /// Interleaved ring of `frames` stereo frames, and the place in it. Only process() and setActive() reach it.
    ring: UnsafeCell<(Vec<[f32; 2]>, usize)>,
    active: Mutex<()>,
}

// SAFETY: `ring` is only used under `active`, taken without waiting.
unsafe impl Sync for Latent {}

impl Class for Latent {
    type Interfaces = (IComponent, IAudioProcessor, IEditController);
}

impl Latent {
    pub const CID: TUID = uid(0x41D7E2B0, 0x5C6A4F19, 0x93B8C7F2, 0x54657374);

    pub fn new() -> Latent {
        let asked = std::env::var("SIMMER_TEST_LATENCY_FRAMES").ok().and_then(|text| text.parse().ok());
        let frames = asked.unwrap_or(DEFAULT_FRAMES).min(1 << 20);
        Latent { frames, ring: UnsafeCell::new((vec![[0.0; 2]; frames], 0)), active: Mutex::new(()) }
    }

    fn with_ring(&self, body: impl FnOnce(&mut (Vec<[f32; 2]>, usize))) {
        if let Ok(_held) = self.active.try_lock() {
            // SAFETY: the lock is held, so this is the only reference.
            body(unsafe { &mut *self.ring.get() });
        }
    }
}

impl Default for Latent {
    fn default() -> Self {
        Latent::new()
    }
}

impl IPluginBaseTrait for Latent {
    unsafe fn initialize(&self, _context: *mut FUnknown) -> tresult {
        kResultOk
    }
    unsafe fn terminate(&self) -> tresult {
        kResultOk
    }
}

impl IComponentTrait for Latent {
    unsafe fn getControllerClassId(&self, _class_id: *mut TUID) -> tresult {
        kNotImplemented
    }
    unsafe fn setIoMode(&self, _mode: IoMode) -> tresult {
        kResultOk
    }
    unsafe fn getBusCount(&self, media: MediaType, _direction: BusDirection) -> i32 {
        i32::from(media as u32 == MediaTypes_::kAudio as u32)
    }
    unsafe fn getBusInfo(&self, media: MediaType, direction: BusDirection, index: i32, bus: *mut BusInfo) -> tresult {
        // SAFETY: null or a structure to fill.
        let Some(bus) = (unsafe { bus.as_mut() }) else { return kInvalidArgument };
        if index != 0 || media as u32 != MediaTypes_::kAudio as u32 {
            return kInvalidArgument;
        }
        bus.mediaType = media;
        bus.direction = direction;
        bus.channelCount = 2;
        bus.busType = BusTypes_::kMain as i32;
        bus.flags = BusInfo_::BusFlags_::kDefaultActive as u32;
        bus.name.fill(0);
        kResultOk
    }
    unsafe fn getRoutingInfo(&self, _input: *mut RoutingInfo, _output: *mut RoutingInfo) -> tresult {
        kNotImplemented
    }
    unsafe fn activateBus(&self, _media: MediaType, _direction: BusDirection, _index: i32, _state: TBool) -> tresult {
        kResultOk
    }
    unsafe fn setActive(&self, _state: TBool) -> tresult {
        self.with_ring(|(frames, at)| {
            frames.fill([0.0; 2]);
            *at = 0;
        });
        kResultOk
    }
    unsafe fn setState(&self, _state: *mut IBStream) -> tresult {
        kResultOk
    }
    unsafe fn getState(&self, _state: *mut IBStream) -> tresult {
        kResultOk
    }
}

impl IAudioProcessorTrait for Latent {
    unsafe fn setBusArrangements(
        &self,
        inputs: *mut SpeakerArrangement,
        input_count: i32,
        outputs: *mut SpeakerArrangement,
        output_count: i32,
    ) -> tresult {
        if input_count != 1 || output_count != 1 || inputs.is_null() || outputs.is_null() {
            return kResultFalse;
        }
        // SAFETY: not null, and the host says that one arrangement is behind each.
        let stereo = unsafe { *inputs == SpeakerArr::kStereo && *outputs == SpeakerArr::kStereo };
        if stereo { kResultTrue } else { kResultFalse }
    }
    unsafe fn getBusArrangement(
        &self,
        _dir: BusDirection,
        index: i32,
        arrangement: *mut SpeakerArrangement,
    ) -> tresult {
        // SAFETY: null or an arrangement to fill.
        match unsafe { arrangement.as_mut() } {
            Some(arrangement) if index == 0 => {
                *arrangement = SpeakerArr::kStereo;
                kResultOk
            }
            _ => kInvalidArgument,
        }
    }
    unsafe fn canProcessSampleSize(&self, size: i32) -> tresult {
        if size == SymbolicSampleSizes_::kSample32 as i32 { kResultTrue } else { kResultFalse }
    }
    unsafe fn getLatencySamples(&self) -> u32 {
        self.frames as u32
    }
    unsafe fn setupProcessing(&self, _setup: *mut ProcessSetup) -> tresult {
        kResultOk
    }
    unsafe fn setProcessing(&self, _state: TBool) -> tresult {
        kResultOk
    }
    unsafe fn process(&self, data: *mut ProcessData) -> tresult {
        // SAFETY: null or data that lives through the call.
        let Some(data) = (unsafe { data.as_ref() }) else { return kInvalidArgument };
        if data.numInputs < 1 || data.numOutputs < 1 || data.inputs.is_null() || data.outputs.is_null() {
            return kResultOk;
        }
        // SAFETY: at least one bus each; for kSample32 this member of the union is in use.
        let (inputs, outputs) = unsafe { (&*data.inputs, &*data.outputs) };
        // SAFETY: as above.
        let (from, to) = unsafe { (inputs.__field0.channelBuffers32, outputs.__field0.channelBuffers32) };
        if from.is_null() || to.is_null() || inputs.numChannels < 2 || outputs.numChannels < 2 {
            return kResultOk;
        }
        self.with_ring(|(frames, at)| {
            for index in 0..data.numSamples.max(0) as usize {
                for channel in 0..2 {
                    // SAFETY: two channels of numSamples each; read before written, so they may be the same memory.
                    unsafe {
                        let value = *(*from.add(channel)).add(index);
                        let delayed = match frames.get_mut(*at) {
                            Some(slot) => std::mem::replace(&mut slot[channel], value),
                            None => value,
                        };
                        *(*to.add(channel)).add(index) = delayed;
                    }
                }
                *at = if *at + 1 >= frames.len() { 0 } else { *at + 1 };
            }
        });
        kResultOk
    }
    unsafe fn getTailSamples(&self) -> u32 {
        self.frames as u32
    }
}

impl IEditControllerTrait for Latent {
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
