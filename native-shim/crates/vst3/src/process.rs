//! One process call: from the host's structures to the engine and back.

use crate::component::Component;
use no_denormals::no_denormals;
use simmer_core::parameter::Spec;
use simmer_core::{LoopRange, MusicalTime, Transport};
use simmer_instance::{Port, Ports, Turn};
use std::sync::atomic::Ordering::Relaxed;
use vst3::ComRef;
use vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_ as Flags;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;

/// [audio-thread]
///
/// # Safety
/// `data` is what VST3 says it is: counts agree with the arrays behind the pointers, pointers are null or valid.
pub unsafe fn process(component: &Component, data: &ProcessData) -> tresult {
    // SAFETY: the mode flushes what is nearly zero to zero, in this thread and until the host's own comes back; no code
    // within the call minds either. The rest as of this function.
    unsafe { no_denormals(|| process_flushed(component, data)) }
}

/// # Safety
/// As of [`process`].
unsafe fn process_flushed(component: &Component, data: &ProcessData) -> tresult {
    let Ok(frame_count) = usize::try_from(data.numSamples) else { return kInvalidArgument };
    if frame_count > 0 && data.symbolicSampleSize != SymbolicSampleSizes_::kSample32 as i32 {
        return kResultFalse;
    }
    // SAFETY: as of this function.
    let mut ports = unsafe { ports(data) };
    ports.guide = ports.guide.filter(|_| component.guide_active.load(Relaxed));
    let failed = component.instance.turn(|turn| {
        // SAFETY: null or a context that lives through the call.
        let transport = unsafe { data.processContext.as_ref() }.map(transport).unwrap_or_default();
        let offline = data.processMode == ProcessModes_::kOffline as i32;
        turn.begin(frame_count, transport, offline, data.processMode == ProcessModes_::kPrefetch as i32);
        // SAFETY: as of this function.
        unsafe { read_points(turn, data, frame_count) };
        turn.render(&ports, 0, frame_count);
        // SAFETY: as of this function.
        unsafe { write_status(turn, data) };
        turn.has_failed()
    });
    if failed.is_none() {
        ports.silence(frame_count);
    }
    // SAFETY: the host's structure, if there is one; it is ours to write during the call.
    if let Some(output) = unsafe { bus(data.outputs, data.numOutputs, 0).and_then(|output| output.as_mut()) } {
        output.silenceFlags = 0;
    }
    if failed == Some(false) { kResultOk } else { kResultFalse }
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
    let musical = has(Flags::kProjectTimeMusicValid as u32).then(|| MusicalTime {
        beat: context.projectTimeMusic,
        bar_start: has(Flags::kBarPositionValid as u32).then_some(context.barPositionMusic),
        signature: if has(Flags::kTimeSigValid as u32) {
            let number = |reported: i32| u32::try_from(reported).unwrap_or(0);
            (number(context.timeSigNumerator), number(context.timeSigDenominator))
        } else {
            (0, 0)
        },
    });
    Transport { position: Some(position), playing: has(Flags::kPlaying as u32), tempo_bpm, loop_range, musical }
}

/// [audio-thread]
unsafe fn read_points(turn: &mut Turn<'_>, data: &ProcessData, frame_count: usize) {
    // SAFETY: null or an object that lives through the call.
    let Some(changes) = (unsafe { ComRef::from_raw(data.inputParameterChanges) }) else { return };
    // SAFETY: calls to the host's object, within its call.
    let queue_count = unsafe { changes.getParameterCount() };
    for index in 0..queue_count {
        // SAFETY: as above; the queue belongs to the host and lives as long.
        let Some(queue) = (unsafe { ComRef::from_raw(changes.getParameterData(index)) }) else { continue };
        // SAFETY: as above.
        let (id, point_count) = unsafe { (queue.getParameterId(), queue.getPointCount()) };
        let Some(mut points) = turn.points(id) else { continue };
        for point in 0..point_count {
            let (mut offset, mut normalised) = (0, 0.0);
            // SAFETY: as above; both results outlive the call.
            if unsafe { queue.getPoint(point, &mut offset, &mut normalised) } != kResultTrue {
                continue;
            }
            let offset = usize::try_from(offset).unwrap_or(0).min(frame_count) as u32;
            if !points.linear(offset, points.spec.to_plain(normalised)) {
                break;
            }
        }
    }
}

/// The buses of the call. [audio-thread]
///
/// # Safety
/// As of [`process`]; the ports are used within the call.
pub unsafe fn ports(data: &ProcessData) -> Ports {
    // SAFETY: the host's arrays and counts.
    unsafe {
        Ports {
            input: bus(data.inputs, data.numInputs, 0).map(|bus| port(bus)),
            guide: bus(data.inputs, data.numInputs, 1).map(|bus| port(bus)),
            output: bus(data.outputs, data.numOutputs, 0).map(|bus| port(bus)),
        }
    }
}

/// [audio-thread]
unsafe fn bus(buses: *mut AudioBusBuffers, count: i32, index: i32) -> Option<*mut AudioBusBuffers> {
    (!buses.is_null() && index < count)
        // SAFETY: index is below the count the host gave.
        .then(|| unsafe { buses.add(index as usize) })
}

/// [audio-thread]
unsafe fn port(bus: *mut AudioBusBuffers) -> Port {
    // SAFETY: the host's structure; for kSample32 this member of the union is the one in use, and the channels are as
    // long as the call.
    unsafe { Port::new((*bus).__field0.channelBuffers32, usize::try_from((*bus).numChannels).unwrap_or(0), 0) }
}

/// Tells the host the read-only parameters where they have changed. [audio-thread]
unsafe fn write_status(turn: &Turn<'_>, data: &ProcessData) {
    // SAFETY: null or an object that lives through the call.
    let Some(changes) = (unsafe { ComRef::from_raw(data.outputParameterChanges) }) else { return };
    turn.report(|spec: &Spec, value| {
        let (mut queue_index, mut point_index) = (0, 0);
        // SAFETY: calls to the host's object; the id and the indices outlive them.
        unsafe {
            ComRef::from_raw(changes.addParameterData(&spec.id, &mut queue_index))
                .is_some_and(|queue| queue.addPoint(0, spec.to_normalised(value), &mut point_index) == kResultOk)
        }
    });
}
