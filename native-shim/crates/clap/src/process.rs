//! One process call: from the host's structures to the engine and back.

use crate::events::{self, Event, Input};
use crate::plugin::Plugin;
use crate::port_info::GUIDE;
use crate::song::SongClock;
use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::clap_event_transport;
use clap_sys::process::{CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR, clap_process, clap_process_status};
use no_denormals::no_denormals;
use simmer_instance::{Port, Ports, Turn};
use std::slice;
use std::sync::atomic::Ordering::Relaxed;

/// The host never puts the plugin to sleep: a stopped transport is rendered ahead of, too. [audio-thread]
///
/// # Safety
/// `call` is what CLAP says it is: counts agree with the arrays behind the pointers, pointers are null or valid.
pub unsafe fn process(plugin: &Plugin, call: &clap_process) -> clap_process_status {
    // SAFETY: the mode flushes what is nearly zero to zero, in this thread and until the host's own comes back; no code
    // within the call minds either. The rest as of this function.
    unsafe { no_denormals(|| process_flushed(plugin, call)) }
}

/// # Safety
/// As of [`process`].
unsafe fn process_flushed(plugin: &Plugin, call: &clap_process) -> clap_process_status {
    // SAFETY: as of this function.
    let (mut ports, transport, input, output) = unsafe {
        (ports(call), call.transport.as_ref(), Input::new(call.in_events.as_ref()), call.out_events.as_ref())
    };
    ports.guide = ports.guide.filter(|_| plugin.guide_active.load(Relaxed));
    // SAFETY: as of this function.
    let failed = if unsafe { is_64_bit(call) } {
        None
    } else {
        // What a person has moved counts from the start of this call, in which the host gets it, unless the host's own
        // events say otherwise.
        // SAFETY: the host's list, within its call.
        plugin.instance.apply_own_edits(|edit| unsafe { events::push_edit(output, edit) });
        let turned = plugin.clock.try_with(|clock| {
            plugin.instance.turn(|turn| {
                run(turn, clock, &ports, input, transport.copied(), call.frames_count);
                // SAFETY: the host's list, within its call.
                turn.report(|spec, plain| unsafe { events::push_value(output, spec.id, plain) });
                turn.has_failed()
            })
        });
        turned.flatten()
    };
    if failed.is_none() {
        // SAFETY: as of this function.
        unsafe { silence(call) };
    }
    // SAFETY: the host's array and count.
    let written = unsafe { buffer(call.audio_outputs, call.audio_outputs_count, 0) };
    // SAFETY: the host's structure; it is ours to write during the call.
    if let Some(port) = written.and_then(|port| unsafe { port.as_mut() }) {
        port.constant_mask = 0;
    }
    if failed == Some(false) { CLAP_PROCESS_CONTINUE } else { CLAP_PROCESS_ERROR }
}

/// Renders the call, in parts where the host's transport changes inside it. [audio-thread]
fn run(
    turn: &mut Turn<'_>,
    clock: &mut SongClock,
    ports: &Ports,
    input: Input<'_>,
    mut transport: Option<clap_event_transport>,
    frame_count: u32,
) {
    let (mut from, mut first) = (0, 0);
    loop {
        let part = Part::find(input, from, first, frame_count);
        transport = part.transport_at_start.or(transport);
        let count = (part.to - from) as usize;
        turn.begin(count, clock.follow(transport.as_ref(), count), false, false);
        for index in first..part.end {
            if let Some(Event::Value { offset, id, plain }) = input.get(index)
                && let Some(mut points) = turn.points(id)
            {
                points.hold(offset.clamp(from, part.to) - from, points.spec.sanitise(plain));
            }
        }
        turn.render(ports, from as usize, count);
        if part.to >= frame_count {
            return;
        }
        // The event that ended this part is the first of the next.
        (from, first) = (part.to, part.end);
    }
}

/// A stretch of the call with one transport.
struct Part {
    /// The offset at which it ends.
    to: u32,
    /// The index of the first event after it.
    end: u32,
    transport_at_start: Option<clap_event_transport>,
}

impl Part {
    /// The part that begins at offset `from` with the event `first`. Events come by rising offset; one that falls back
    /// counts as at the start. A transport for the call's end is left to the next call, which brings its own.
    fn find(input: Input<'_>, from: u32, first: u32, frame_count: u32) -> Part {
        let (len, mut end, mut transport_at_start) = (input.len(), first, None);
        while end < len {
            if let Some(Event::Transport { offset, transport }) = input.get(end) {
                if offset > from && offset < frame_count {
                    return Part { to: offset, end, transport_at_start };
                }
                if offset <= from {
                    transport_at_start = Some(transport);
                }
            }
            end += 1;
        }
        Part { to: frame_count, end, transport_at_start }
    }
}

/// The ports of the call. [audio-thread]
///
/// # Safety
/// As of [`process`]; the ports are used within the call.
unsafe fn ports(call: &clap_process) -> Ports {
    // SAFETY: the host's arrays and counts; channels are as long as the call.
    unsafe {
        let port = |buffers: *const clap_audio_buffer, count: u32, index: u32| {
            let port = buffer(buffers.cast_mut(), count, index)?.as_ref()?;
            Some(Port::new(port.data32.cast_const(), port.channel_count as usize, port.constant_mask))
        };
        Ports {
            input: port(call.audio_inputs, call.audio_inputs_count, 0),
            guide: port(call.audio_inputs, call.audio_inputs_count, GUIDE),
            output: port(call.audio_outputs, call.audio_outputs_count, 0),
        }
    }
}

/// [audio-thread]
unsafe fn buffer(buffers: *mut clap_audio_buffer, count: u32, index: u32) -> Option<*mut clap_audio_buffer> {
    (!buffers.is_null() && index < count)
        // SAFETY: index is below the count the host gave.
        .then(|| unsafe { buffers.add(index as usize) })
}

/// Whether the host gives 64-bit audio, which no port of ours claims to take. [audio-thread]
///
/// # Safety
/// As of [`process`].
unsafe fn is_64_bit(call: &clap_process) -> bool {
    let is = |buffers: *const clap_audio_buffer, count: u32| {
        // SAFETY: the host's array and count.
        let port = unsafe { buffer(buffers.cast_mut(), count, 0).and_then(|port| port.as_ref()) };
        port.is_some_and(|port| port.data32.is_null() && !port.data64.is_null() && port.channel_count > 0)
    };
    is(call.audio_outputs, call.audio_outputs_count) || is(call.audio_inputs, call.audio_inputs_count)
}

/// What the host gets where nothing can be rendered: nothing, of either width. [audio-thread]
///
/// # Safety
/// As of [`process`].
pub unsafe fn silence(call: &clap_process) {
    let frame_count = call.frames_count as usize;
    // SAFETY: as of this function.
    unsafe {
        ports(call).silence(frame_count);
        let port = buffer(call.audio_outputs, call.audio_outputs_count, 0).and_then(|port| port.as_ref());
        let Some(port) = port.filter(|port| !port.data64.is_null()) else { return };
        for index in 0..port.channel_count as usize {
            let channel = *port.data64.add(index);
            if !channel.is_null() {
                slice::from_raw_parts_mut(channel, frame_count).fill(0.0);
            }
        }
    }
}
