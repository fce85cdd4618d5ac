//! One process call, or a part of it in which the transport does not jump.

use crate::instance::Instance;
use crate::ports::{Ports, copy_in, copy_out};
use simmer_core::limits::BLOCK_FRAMES_MAX;
use simmer_core::parameter::{self, MISSED_FRAMES, PARAMETERS, STATUS, Spec};
use simmer_core::{Call, Engine, Transport};
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

/// Points looked at per parameter and call; a host with more than one per frame of the longest block is broken.
const POINTS_READ_MAX: usize = 1 << 16;

/// A read-only parameter: what it is, and what was reported to the host last; -1: nothing yet.
struct Output {
    value: AtomicI32,
    reported: AtomicI32,
}

/// The read-only parameters.
pub struct Outputs {
    status: Output,
    missed: Output,
}

impl Outputs {
    pub fn new() -> Outputs {
        let output = || Output { value: AtomicI32::new(-1), reported: AtomicI32::new(-1) };
        Outputs { status: output(), missed: output() }
    }

    fn slot(&self, index: usize) -> Option<&Output> {
        match index {
            STATUS => Some(&self.status),
            MISSED_FRAMES => Some(&self.missed),
            _ => None,
        }
    }

    /// What the last process call left; `None` if there was none. [thread-safe]
    pub fn value(&self, id: u32) -> Option<f64> {
        let value = self.slot(usize::try_from(id).ok()?)?.value.load(Relaxed);
        (value >= 0).then(|| f64::from(value))
    }
}

/// The engine, lent to one process call.
pub struct Turn<'a> {
    instance: &'a Instance,
    engine: &'a mut Engine,
}

impl Instance {
    /// Runs `body` with the engine; `None` if there is none yet or somebody else has it. [audio-thread]
    pub fn turn<R>(&self, body: impl FnOnce(&mut Turn<'_>) -> R) -> Option<R> {
        self.last_call.enter(self.shared.now());
        let done = self.engine.try_with(|engine| Some(body(&mut Turn { instance: self, engine: engine.as_mut()? })));
        self.last_call.leave(self.shared.now());
        done.flatten()
    }
}

impl Turn<'_> {
    /// Begins a call or a part of one. `offline` and `prefetching`: what the host says in this very call; what it has
    /// announced before counts as well. [audio-thread]
    pub fn begin(&mut self, frame_count: usize, transport: Transport, offline: bool, prefetching: bool) {
        self.engine.begin(Call {
            frame_count,
            transport,
            offline: offline || self.instance.is_announced_offline(),
            prefetching,
            on_setup_thread: self.instance.on_setup_thread(),
        });
    }

    /// Takes in the host's points of one parameter; `None` if the host cannot set it. [audio-thread]
    pub fn points(&mut self, id: u32) -> Option<Points<'_>> {
        let spec = parameter::spec(id).filter(|spec| !spec.read_only)?;
        Some(Points { instance: self.instance, engine: self.engine, spec, left: POINTS_READ_MAX })
    }

    /// Renders the call after its last point. Its first frame is frame `from` of the ports, of which it uses as many as
    /// [`Turn::begin`] said. [audio-thread] waits in an offline epoch only.
    pub fn render(&mut self, ports: &Ports, from: usize, frame_count: usize) {
        self.engine.points_done();
        let mut at = 0;
        while at < frame_count {
            let count = (frame_count - at).min(BLOCK_FRAMES_MAX);
            copy_in(ports.input, from + at, count, self.engine.dry_mut());
            let has_guide = copy_in(ports.guide, from + at, count, self.engine.side_mut());
            self.engine.run(at, count, has_guide);
            // Input and output may be the same memory: the input of this piece has been copied.
            copy_out(ports.output, from + at, count, self.engine.out());
            at += count;
        }
        self.engine.end();
        #[cfg(feature = "break-realtime")]
        break_realtime();
    }

    /// Tells the read-only parameters that have changed; `say` answers whether the host has taken it. [audio-thread]
    pub fn report(&self, mut say: impl FnMut(&Spec, f64) -> bool) {
        let missed = i32::try_from(self.engine.missed_frames()).unwrap_or(i32::MAX);
        for (index, value) in [(STATUS, self.engine.status() as i32), (MISSED_FRAMES, missed)] {
            let (Some(spec), Some(output)) = (PARAMETERS.get(index), self.instance.outputs.slot(index)) else {
                continue;
            };
            output.value.store(value, Relaxed);
            if output.reported.load(Relaxed) != value && say(spec, f64::from(value)) {
                output.reported.store(value, Relaxed);
            }
        }
    }

    /// Whether the current offline passage is incomplete. [audio-thread]
    pub fn has_failed(&self) -> bool {
        self.engine.has_failed()
    }
}

/// Where the points of one parameter go.
pub struct Points<'a> {
    instance: &'a Instance,
    engine: &'a mut Engine,
    /// What the parameter is.
    pub spec: &'static Spec,
    left: usize,
}

impl Points<'_> {
    /// A point that the lane reaches in a straight line. A plain value of `None` was no number. False: no more points are
    /// looked at. [audio-thread]
    pub fn linear(&mut self, offset: u32, plain: Option<f64>) -> bool {
        self.push(offset, plain, false)
    }

    /// A point at which the lane jumps; else as [`Points::linear`]. [audio-thread]
    pub fn hold(&mut self, offset: u32, plain: Option<f64>) -> bool {
        self.push(offset, plain, true)
    }

    fn push(&mut self, offset: u32, plain: Option<f64>, hold: bool) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        match (plain, self.engine.lane_mut(self.spec.id as usize)) {
            (Some(plain), Some(lane)) if hold || self.spec.is_named() => lane.push_hold(offset, plain),
            (Some(plain), Some(lane)) => lane.push(offset, plain),
            _ => {
                self.instance.shared.played.counters.not_finite.fetch_add(1, Relaxed);
            }
        }
        true
    }
}

/// The positive control of the real-time guard: allocates and makes a system call.
#[cfg(feature = "break-realtime")]
fn break_realtime() {
    std::hint::black_box(vec![0u8; 64]);
    std::thread::sleep(std::time::Duration::from_nanos(1));
}
