//! One process call: from the host's structures to the engine and back.

use crate::component::Component;
use simmer_core::limits::BLOCK_FRAMES_MAX;
use simmer_core::parameter::{self, MISSED_FRAMES, PARAMETERS, STATUS};
use simmer_core::{Call, Engine, LoopRange, Transport};
use std::slice;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
use vst3::ComRef;
use vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_ as Flags;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;

/// Points looked at per queue; a host with more than one per frame of the longest block is broken.
const POINTS_READ_MAX: i32 = 1 << 16;

/// [audio-thread]
///
/// # Safety
/// `data` is what VST3 says it is: counts agree with the arrays behind the pointers, pointers are null or valid.
pub unsafe fn process(component: &Component, data: &ProcessData) -> tresult {
    let Ok(frame_count) = usize::try_from(data.numSamples) else { return kInvalidArgument };
    if frame_count > 0 && data.symbolicSampleSize != SymbolicSampleSizes_::kSample32 as i32 {
        return kResultFalse;
    }
    let processed = component.engine.try_with(|engine| {
        let engine = engine.as_mut()?;
        let offline = data.processMode == ProcessModes_::kOffline as i32 || component.setup_offline.load(Relaxed);
        engine.begin(Call {
            frame_count,
            // SAFETY: null or a context that lives through the call.
            transport: unsafe { data.processContext.as_ref() }.map(transport).unwrap_or_default(),
            offline,
            prefetching: data.processMode == ProcessModes_::kPrefetch as i32,
            on_setup_thread: component.on_setup_thread(),
        });
        // SAFETY: as of this function.
        unsafe { read_points(component, engine, data, frame_count) };
        engine.points_done();
        // SAFETY: as of this function.
        unsafe { run(component, engine, data, frame_count) };
        engine.end();
        #[cfg(feature = "break-realtime")]
        break_realtime();
        // SAFETY: as of this function.
        unsafe { write_status(component, engine, data) };
        Some(engine.has_failed())
    });
    match processed.flatten() {
        Some(false) => kResultOk,
        Some(true) => kResultFalse,
        None => {
            // SAFETY: as of this function.
            unsafe { silence(data) };
            kResultFalse
        }
    }
}

/// [audio-thread]
fn transport(context: &ProcessContext) -> Transport {
    let has = |flag: u32| context.state & flag == flag;
    let tempo_bpm = if has(Flags::kTempoValid as u32) { context.tempo } else { 0.0 };
    let position = context.projectTimeSamples;
    let mut loop_range = LoopRange::default();
    let wanted = Flags::kCycleActive | Flags::kCycleValid | Flags::kProjectTimeMusicValid | Flags::kTempoValid;
    if has(wanted as u32) && tempo_bpm > 0.0 {
        // The loop comes in quarter notes; from here it is as far away as the tempo of this moment says.
        let frames_per_quarter = 60.0 / tempo_bpm * context.sampleRate;
        let frame_of = |quarters: f64| {
            position.saturating_add(((quarters - context.projectTimeMusic) * frames_per_quarter).round() as i64)
        };
        loop_range = LoopRange { start: frame_of(context.cycleStartMusic), end: frame_of(context.cycleEndMusic) };
    }
    Transport { position: Some(position), playing: has(Flags::kPlaying as u32), tempo_bpm, loop_range }
}

/// [audio-thread]
unsafe fn read_points(component: &Component, engine: &mut Engine, data: &ProcessData, frame_count: usize) {
    // SAFETY: null or an object that lives through the call.
    let Some(changes) = (unsafe { ComRef::from_raw(data.inputParameterChanges) }) else { return };
    // SAFETY: calls to the host's object, within its call.
    let queue_count = unsafe { changes.getParameterCount() };
    for index in 0..queue_count {
        // SAFETY: as above; the queue belongs to the host and lives as long.
        let Some(queue) = (unsafe { ComRef::from_raw(changes.getParameterData(index)) }) else { continue };
        // SAFETY: as above.
        let (id, point_count) = unsafe { (queue.getParameterId(), queue.getPointCount()) };
        let (Some(spec), Some(lane)) = (parameter::spec(id), engine.lane_mut(id as usize)) else { continue };
        for point in 0..point_count.min(POINTS_READ_MAX) {
            let (mut offset, mut normalised) = (0, 0.0);
            // SAFETY: as above; both results outlive the call.
            if unsafe { queue.getPoint(point, &mut offset, &mut normalised) } != kResultTrue {
                continue;
            }
            let offset = usize::try_from(offset).unwrap_or(0).min(frame_count) as u32;
            match spec.to_plain(normalised) {
                Some(plain) => lane.push(offset, plain),
                None => {
                    component.shared.counters.not_finite.fetch_add(1, Relaxed);
                }
            }
        }
    }
}

/// [audio-thread]
unsafe fn run(component: &Component, engine: &mut Engine, data: &ProcessData, frame_count: usize) {
    // SAFETY: the host's arrays and counts.
    let (input, guide, output) = unsafe {
        (
            bus(data.inputs, data.numInputs, 0),
            bus(data.inputs, data.numInputs, 1),
            bus(data.outputs, data.numOutputs, 0),
        )
    };
    let guide = guide.filter(|_| component.guide_active.load(Relaxed));
    let mut at = 0;
    while at < frame_count {
        let count = (frame_count - at).min(BLOCK_FRAMES_MAX);
        // SAFETY: `at + count` is within the call's frames, which every channel of the host has.
        let has_side = unsafe {
            copy_in(input, at, count, engine.dry_mut());
            copy_in(guide, at, count, engine.side_mut())
        };
        engine.run(at, count, has_side);
        // SAFETY: as above. Input and output may be the same memory: the input of this piece has been copied.
        unsafe { copy_out(output, at, count, engine.out()) };
        at += count;
    }
    if let Some(output) = output {
        // SAFETY: the host's structure; it is ours to write during the call.
        unsafe { (*output).silenceFlags = 0 };
    }
}

/// [audio-thread]
unsafe fn bus(buses: *mut AudioBusBuffers, count: i32, index: i32) -> Option<*mut AudioBusBuffers> {
    (!buses.is_null() && index < count)
        // SAFETY: index is below the count the host gave.
        .then(|| unsafe { buses.add(index as usize) })
}

/// A channel of a bus; mono stands for both. [audio-thread]
unsafe fn channel(bus: *mut AudioBusBuffers, index: usize) -> Option<*mut f32> {
    // SAFETY: the host's structure; for kSample32 this member of the union is the one in use.
    let (channels, count) = unsafe { ((*bus).__field0.channelBuffers32, (*bus).numChannels) };
    let last = usize::try_from(count).ok()?.checked_sub(1)?;
    if channels.is_null() {
        return None;
    }
    // SAFETY: the index is below the count the host gave.
    let samples = unsafe { *channels.add(index.min(last)) };
    (!samples.is_null()).then_some(samples)
}

/// Copies a stereo piece, silence where there is nothing; says whether there was something. [audio-thread]
unsafe fn copy_in(bus: Option<*mut AudioBusBuffers>, at: usize, count: usize, target: &mut [Vec<f32>; 2]) -> bool {
    let mut found = false;
    for (index, target) in target.iter_mut().enumerate() {
        let Some(target) = target.get_mut(..count) else { continue };
        // SAFETY: as of this function.
        match bus.and_then(|bus| unsafe { channel(bus, index) }) {
            Some(samples) => {
                // SAFETY: the host's channel has at least `at + count` samples and is only read.
                target.copy_from_slice(unsafe { slice::from_raw_parts(samples.add(at), count) });
                found = true;
            }
            None => target.fill(0.0),
        }
    }
    found
}

/// [audio-thread]
unsafe fn copy_out(bus: Option<*mut AudioBusBuffers>, at: usize, count: usize, source: &[Vec<f32>; 2]) {
    let Some(bus) = bus else { return };
    let [Some(left), Some(right)] = [source[0].get(..count), source[1].get(..count)] else { return };
    // SAFETY: the host's structure.
    let channel_count = usize::try_from(unsafe { (*bus).numChannels }).unwrap_or(0);
    for index in 0..channel_count {
        // SAFETY: the index is below the count.
        let Some(samples) = (unsafe { channel(bus, index) }) else { continue };
        // SAFETY: the host's channel has at least `at + count` samples, and no reference to them exists here.
        let target = unsafe { slice::from_raw_parts_mut(samples.add(at), count) };
        match index {
            0 if channel_count == 1 => {
                target.iter_mut().zip(left.iter().zip(right)).for_each(|(t, (l, r))| *t = 0.5 * (l + r));
            }
            0 => target.copy_from_slice(left),
            1 => target.copy_from_slice(right),
            _ => target.fill(0.0),
        }
    }
}

/// What the host hears where there is no engine: nothing. [audio-thread]
///
/// # Safety
/// As of [`process`].
pub unsafe fn silence(data: &ProcessData) {
    let frame_count = usize::try_from(data.numSamples).unwrap_or(0);
    // SAFETY: the host's arrays and counts.
    let Some(bus) = (unsafe { bus(data.outputs, data.numOutputs, 0) }) else { return };
    // SAFETY: the host's structure.
    let channel_count = usize::try_from(unsafe { (*bus).numChannels }).unwrap_or(0);
    for index in 0..channel_count {
        // SAFETY: the index is below the count.
        if let Some(samples) = unsafe { channel(bus, index) } {
            // SAFETY: the channel has `frame_count` samples.
            unsafe { slice::from_raw_parts_mut(samples, frame_count) }.fill(0.0);
        }
    }
}

/// Tells the host the read-only parameters where they have changed. [audio-thread]
unsafe fn write_status(component: &Component, engine: &Engine, data: &ProcessData) {
    // SAFETY: null or an object that lives through the call.
    let Some(changes) = (unsafe { ComRef::from_raw(data.outputParameterChanges) }) else { return };
    let status = engine.status() as i32;
    let missed = i32::try_from(engine.missed_frames()).unwrap_or(i32::MAX);
    let say = |said: &AtomicI32, index: usize, value: i32| {
        let Some(spec) = PARAMETERS.get(index) else { return };
        if said.load(Relaxed) == value {
            return;
        }
        let mut queue_index = 0;
        // SAFETY: calls to the host's object; the id and the index outlive them.
        let Some(queue) = (unsafe { ComRef::from_raw(changes.addParameterData(&spec.id, &mut queue_index)) }) else {
            return;
        };
        let mut point_index = 0;
        // SAFETY: as above.
        if unsafe { queue.addPoint(0, spec.to_normalised(f64::from(value)), &mut point_index) } == kResultOk {
            said.store(value, Relaxed);
        }
    };
    say(&component.said_status, STATUS, status);
    say(&component.said_missed, MISSED_FRAMES, missed);
}

/// The positive control of the real-time guard: allocates and makes a system call.
#[cfg(feature = "break-realtime")]
fn break_realtime() {
    std::hint::black_box(vec![0u8; 64]);
    std::thread::sleep(std::time::Duration::from_nanos(1));
}
