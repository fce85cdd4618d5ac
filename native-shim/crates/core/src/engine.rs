//! One instance's process call, from what the host said to the audio it gets.

mod exchange;
mod stretch;

use crate::bell::Bell;
use crate::call::{Call, is_within_song};
use crate::declick::Declick;
use crate::epoch::EpochTracker;
use crate::evidence::Evidence;
use crate::lane::Lane;
use crate::limits::{BLOCK_FRAMES_MAX, CELLS_PER_CALL_MAX};
use crate::looping::Looping;
use crate::output::mix_and_gain;
use crate::parameter::*;
use crate::queue::{CellReceiver, Outlet};
use crate::shared::{LinkStatus, Shared, Status};
use crate::wait_policy::{RenderWait, renders_offline};
use crate::window::Window;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// Wakes the link thread; called in offline epochs only, since it may make a system call.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// How long a wait sleeps when nobody rings.
const WAIT_SLICE: Duration = Duration::from_millis(20);

/// Everything process() touches, allocated beforehand.
///
/// A format layer calls, in this order: [`Engine::begin`], [`Engine::lane_mut`] for the host's points, then for each
/// piece of at most 8192 frames: fill [`Engine::dry_mut`] and [`Engine::side_mut`], [`Engine::run`], copy
/// [`Engine::out`]; and [`Engine::end`].
pub struct Engine {
    shared: Arc<Shared>,
    outlet: Outlet,
    cells: CellReceiver,
    bell: Arc<Bell>,
    wake: Wake,
    window: Window,
    tracker: EpochTracker,
    evidence: Evidence,
    declick: Declick,
    looping: Looping,
    lanes: [Lane; PARAMETER_COUNT],
    dry: [Vec<f32>; 2],
    side: [Vec<f32>; 2],
    out: [Vec<f32>; 2],
    sample_rate: f64,
    call: Call,
    restored: u32,
    /// Where the current epoch's audio begins.
    root: i64,
    epoch_is_offline: bool,
    /// What advances in this call is waited for.
    call_renders_offline: bool,
    /// The host is believed to render, without having said so.
    call_is_evident: bool,
    /// The host plays at a place that is not within the song.
    host_is_beyond: bool,
    /// Cells that may still be taken in in this call, where nothing is waited for.
    cells_left: usize,
    /// An offline wait of this run was given up: the rest of it fails at once, so that an export is not held up for long.
    gave_up: bool,
    /// A wait has found out that there is no service: nothing waits again before there is one.
    absent: bool,
    free_frame: i64,
    run_end: Option<i64>,
    /// What the last standing block said of the inputs that draws depend on.
    stood: Option<[f64; SHAPING.len()]>,
    frames_since_stood: u64,
    frames_since_missed: u64,
    overflow_seen: u64,
}

impl Engine {
    /// [main-thread]
    pub fn new(shared: Arc<Shared>, outlet: Outlet, cells: CellReceiver, bell: Arc<Bell>, wake: Wake) -> Engine {
        let buffers = || [vec![0.0f32; BLOCK_FRAMES_MAX], vec![0.0f32; BLOCK_FRAMES_MAX]];
        let values = shared.inputs.values();
        let restored = shared.inputs.restore_count();
        let mut engine = Engine {
            shared,
            outlet,
            cells,
            bell,
            wake,
            window: Window::new(),
            tracker: EpochTracker::default(),
            evidence: Evidence::default(),
            declick: Declick::default(),
            looping: Looping::default(),
            lanes: values.map(Lane::new),
            dry: buffers(),
            side: buffers(),
            out: buffers(),
            sample_rate: 48_000.0,
            call: Call::default(),
            restored,
            root: 0,
            epoch_is_offline: false,
            call_renders_offline: false,
            call_is_evident: false,
            host_is_beyond: false,
            cells_left: 0,
            gave_up: false,
            absent: false,
            free_frame: 0,
            run_end: None,
            stood: None,
            frames_since_stood: u64::MAX,
            frames_since_missed: u64::MAX,
            overflow_seen: 0,
        };
        for buffer in engine.dry.iter_mut().chain(&mut engine.side).chain(&mut engine.out) {
            std::hint::black_box(&mut *buffer).fill(1.0);
            std::hint::black_box(buffer).fill(0.0);
        }
        engine
    }

    /// The host set the plugin up: nothing of before is played on, for the next epoch is another one. [main-thread]
    pub fn prepare(&mut self, sample_rate: f64) {
        self.sample_rate = sample_rate;
        self.tracker.interrupt();
        self.evidence.on_setup();
        self.looping.prepare();
        self.declick.reset();
        self.gave_up = false;
        self.run_end = None;
        self.stood = None;
    }

    /// Begins a process call. [audio-thread]
    pub fn begin(&mut self, call: Call) {
        let transport = call.transport.sanitised(call.frame_count);
        self.host_is_beyond =
            call.transport.playing && call.transport.position.is_some() && transport.position.is_none();
        self.call = Call { transport, ..call };
        self.cells_left = CELLS_PER_CALL_MAX;
        let restored = self.shared.inputs.restore_count();
        if restored != self.restored {
            self.restored = restored;
            for (index, lane) in self.lanes.iter_mut().enumerate() {
                lane.set(self.shared.inputs.value(index));
            }
        }
        for lane in &mut self.lanes {
            lane.begin();
        }
        let (shared, lanes) = (&self.shared, &mut self.lanes);
        shared.inputs.take_pending(|index, plain| {
            if let Some(lane) = lanes.get_mut(index) {
                lane.set(plain);
                shared.inputs.publish(index, plain);
            }
        });
    }

    /// The lane of an input parameter, to push the host's points to (in plain values). [audio-thread]
    pub fn lane_mut(&mut self, index: usize) -> Option<&mut Lane> {
        PARAMETERS.get(index).filter(|spec| !spec.read_only)?;
        self.lanes.get_mut(index)
    }

    /// [audio-thread]
    pub fn dry_mut(&mut self) -> &mut [Vec<f32>; 2] {
        &mut self.dry
    }

    /// [audio-thread]
    pub fn side_mut(&mut self) -> &mut [Vec<f32>; 2] {
        &mut self.side
    }

    /// [audio-thread]
    pub fn out(&self) -> &[Vec<f32>; 2] {
        &self.out
    }

    /// All points of the call are there: decides where the song is. [audio-thread]
    pub fn points_done(&mut self) {
        for (index, lane) in self.lanes.iter().enumerate() {
            if !lane.is_constant() {
                self.shared.inputs.publish(index, lane.end_value());
            }
        }
        let overflow: u64 = self.lanes.iter().map(Lane::overflow_count).sum();
        let lost = overflow.saturating_sub(self.overflow_seen);
        if lost > 0 {
            self.overflow_seen = overflow;
            self.shared.played.counters.overflows.fetch_add(i64::try_from(lost).unwrap_or(i64::MAX), Relaxed);
        }
        if self.call.frame_count == 0 {
            return;
        }
        let now = self.shared.now();
        match self.advancing_from() {
            Some(frame) => {
                if self.run_end != Some(frame) {
                    self.evidence.on_break(now);
                    self.gave_up = false;
                }
                let block_nanos = self.call.frame_count as f64 * 1e9 / self.sample_rate;
                self.evidence.on_block(now, block_nanos as i64);
                self.run_end = Some(frame.saturating_add(self.call.frame_count as i64));
            }
            None => {
                self.evidence.on_break(now);
                self.gave_up = false;
                self.run_end = None;
            }
        }
        self.choose_wait();
        self.follow_loop();
    }

    /// Renders frames `at..at + count` of the call into [`Engine::out`], from index 0. `count` is at most 8192.
    /// [audio-thread] waits in an offline epoch only.
    pub fn run(&mut self, at: usize, count: usize, has_side: bool) {
        let count = count.min(BLOCK_FRAMES_MAX);
        self.choose_guide(count, has_side);
        let mut from = at;
        while from < at + count {
            let to = self.next_take_change(from, at + count);
            from = self.stretch(at, from, to);
        }
        let [dry_l, dry_r] = &self.dry;
        let [out_l, out_r] = &mut self.out;
        if let (Some(dry_l), Some(dry_r), Some(out_l), Some(out_r)) =
            (dry_l.get(..count), dry_r.get(..count), out_l.get_mut(..count), out_r.get_mut(..count))
        {
            let peak = mix_and_gain(&self.lanes, at, [dry_l, dry_r], [out_l, out_r]);
            self.shared.played.peak_bits.fetch_max(peak.to_bits(), Relaxed);
        }
    }

    /// Ends a process call. [audio-thread]
    pub fn end(&mut self) {
        let frames = self.call.frame_count as u64;
        let advancing = self.advancing_from();
        if let Some(frame) = advancing {
            self.free_frame = self.looping.at(frame, self.call.frame_count).0;
            self.shared.played.playhead.store(self.free_frame, Relaxed);
        } else if let Some(frame) = self.call.transport.position {
            self.free_frame = frame;
            self.shared.played.playhead.store(frame, Relaxed);
        }
        self.looping.end();
        self.shared.played.playing.store(advancing.is_some(), Relaxed);
        self.frames_since_missed = self.frames_since_missed.saturating_add(frames);
        self.frames_since_stood = self.frames_since_stood.saturating_add(frames);
        self.evidence.on_return(self.shared.now());
    }

    /// What the "Status" parameter shows. [audio-thread]
    pub fn status(&self) -> Status {
        if self.gave_up {
            return Status::Failed;
        }
        match self.shared.service.link_status() {
            LinkStatus::Absent => Status::NoService,
            LinkStatus::Connecting => Status::Connecting,
            LinkStatus::Failed => Status::Failed,
            LinkStatus::ModelMissing => Status::ModelMissing,
            LinkStatus::Ready if (self.frames_since_missed as f64) < self.sample_rate => Status::Behind,
            LinkStatus::Ready if self.epoch_is_offline && self.run_end.is_some() => Status::Waiting,
            LinkStatus::Ready => Status::Ready,
        }
    }

    /// Frames that were missing since the instance was made, in playback and in bounces. [audio-thread]
    pub fn missed_frames(&self) -> i64 {
        let counters = &self.shared.played.counters;
        counters.underrun_frames.load(Relaxed).saturating_add(counters.offline_miss_frames.load(Relaxed))
    }

    /// Whether the current offline passage is incomplete. [audio-thread]
    pub fn has_failed(&self) -> bool {
        self.gave_up
    }

    /// Decides whether what advances in this call is waited for.
    fn choose_wait(&mut self) {
        let wait = RenderWait::from_plain(self.lanes[RENDER_WAIT].end_value());
        let rendering = !self.call.prefetching && self.evidence.is_rendering(self.call.on_setup_thread);
        self.call_renders_offline = renders_offline(wait, true, self.call.offline, rendering);
        self.call_is_evident = rendering && !self.call.offline;
    }

    /// Finds out whether the host's loop ends inside the call. What is rendered is not looped: a bounce of a range ignores
    /// the loop that the transport still reports.
    fn follow_loop(&mut self) {
        let transport = &self.call.transport;
        let frame = transport.position.filter(|_| transport.playing);
        self.looping.begin(frame);
        if let (Some(frame), false, false) = (frame, self.call_renders_offline, self.call.offline) {
            self.looping.follow(frame, self.call.frame_count, transport.loop_range);
        }
    }

    /// The song frame of the call's first frame, if the song advances in it.
    fn advancing_from(&self) -> Option<i64> {
        match self.call.transport.position {
            Some(frame) if self.call.transport.playing => Some(frame),
            _ if self.runs_freely() => {
                Some(self.free_frame).filter(|frame| is_within_song(*frame, self.call.frame_count))
            }
            _ => None,
        }
    }

    fn runs_freely(&self) -> bool {
        self.lanes[RUN].end_value() >= 0.5
    }

    /// Whether the song would advance in the call, were it not at a place where nothing can be rendered.
    fn is_beyond(&self) -> bool {
        self.advancing_from().is_none() && (self.host_is_beyond || self.runs_freely())
    }
}
