//! The processing half's audio side.

use crate::component::Component;
use crate::{buses, guard, process};
use std::sync::atomic::Ordering::Relaxed;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;

impl IAudioProcessorTrait for Component {
    unsafe fn setBusArrangements(
        &self,
        inputs: *mut SpeakerArrangement,
        input_count: i32,
        outputs: *mut SpeakerArrangement,
        output_count: i32,
    ) -> tresult {
        guard::entry(|| {
            if !(1..=2).contains(&input_count) || output_count != 1 || inputs.is_null() || outputs.is_null() {
                return kResultFalse;
            }
            // SAFETY: not null, and the host says that one arrangement is there.
            if unsafe { *outputs } != SpeakerArr::kStereo {
                return kResultFalse;
            }
            let mut channels = [2, 2];
            for (index, slot) in channels.iter_mut().enumerate().take(input_count as usize) {
                // SAFETY: index is below the count the host gave.
                let Some(count) = buses::channels_of(unsafe { *inputs.add(index) }) else { return kResultFalse };
                *slot = count;
            }
            for (slot, count) in self.input_channels.iter().zip(channels) {
                slot.store(count, Relaxed);
            }
            kResultTrue
        })
    }

    unsafe fn getBusArrangement(
        &self,
        direction: BusDirection,
        index: i32,
        arrangement: *mut SpeakerArrangement,
    ) -> tresult {
        guard::entry(|| {
            // SAFETY: null or an arrangement to fill.
            let Some(arrangement) = (unsafe { arrangement.as_mut() }) else { return kInvalidArgument };
            if index < 0 || index >= buses::count(MediaTypes_::kAudio as MediaType, direction) {
                return kInvalidArgument;
            }
            let is_input = direction as u32 == BusDirections_::kInput as u32;
            let slot = self.input_channels.get(index as usize).filter(|_| is_input);
            *arrangement = buses::arrangement_of(slot.map_or(2, |channels| channels.load(Relaxed)));
            kResultOk
        })
    }

    unsafe fn canProcessSampleSize(&self, size: i32) -> tresult {
        if size == SymbolicSampleSizes_::kSample32 as i32 { kResultTrue } else { kResultFalse }
    }

    /// Constant, whatever happens: what leaves the plugin at song frame p is the audio of p.
    unsafe fn getLatencySamples(&self) -> u32 {
        0
    }

    unsafe fn setupProcessing(&self, setup: *mut ProcessSetup) -> tresult {
        guard::entry(|| {
            // SAFETY: null or a setup that lives through the call.
            let Some(setup) = (unsafe { setup.as_ref() }) else { return kInvalidArgument };
            if setup.symbolicSampleSize != SymbolicSampleSizes_::kSample32 as i32 {
                return kResultFalse;
            }
            if !self.instance.set_up(setup.sampleRate, setup.maxSamplesPerBlock) {
                return kResultFalse;
            }
            self.instance.announce_offline(setup.processMode == ProcessModes_::kOffline as i32);
            kResultOk
        })
    }

    unsafe fn setProcessing(&self, _state: TBool) -> tresult {
        kResultOk
    }

    unsafe fn process(&self, data: *mut ProcessData) -> tresult {
        // SAFETY: null or data that lives through the call.
        let Some(data) = (unsafe { data.as_ref() }) else { return kInvalidArgument };
        // SAFETY: the pointers in `data` are the host's, as VST3 defines them.
        let processed = guard::entry_or(None, || Some(unsafe { process::process(self, data) }));
        processed.unwrap_or_else(|| {
            // SAFETY: as above.
            unsafe { process::ports(data) }.silence(usize::try_from(data.numSamples).unwrap_or(0));
            kInternalError
        })
    }

    unsafe fn getTailSamples(&self) -> u32 {
        0
    }
}

impl IProcessContextRequirementsTrait for Component {
    unsafe fn getProcessContextRequirements(&self) -> u32 {
        use IProcessContextRequirements_::Flags_::*;
        (kNeedTransportState
            | kNeedTempo
            | kNeedProjectTimeMusic
            | kNeedBarPositionMusic
            | kNeedTimeSignature
            | kNeedCycleMusic) as u32
    }
}
