//! One instance's process call, from what the host said to what it hears.

use crate::bell::Bell;
use crate::call::Call;
use crate::declick::Declick;
use crate::epoch::{Decision, EpochTracker, Place, Start};
use crate::evidence::Evidence;
use crate::lane::Lane;
use crate::limits::{BLOCK_FRAMES_MAX, CELLS_PER_CALL_MAX, LANE_TOLERANCE, STOPPED_REFRESH_SECONDS};
use crate::output::{finite, mix_and_gain};
use crate::parameter::*;
use crate::patience::{GiveUp, Patience};
use crate::queue::{BlockHeader, CellReceiver, Outlet};
use crate::shared::{LinkStatus, Shared, Status};
use crate::timeline::Timeline;
use crate::wait_policy::{RenderWait, is_exact};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// Wakes the link thread; called in exact epochs only, since it may make a system call.
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
    timeline: Timeline,
    tracker: EpochTracker,
    evidence: Evidence,
    declick: Declick,
    lanes: [Lane; INPUT_COUNT],
    dry: [Vec<f32>; 2],
    side: [Vec<f32>; 2],
    out: [Vec<f32>; 2],
    sample_rate: f64,
    call: Call,
    restored: u32,
    /// Where the current epoch's audio begins.
    root: i64,
    epoch_is_exact: bool,
    /// An exact wait of this run was given up: the rest of it fails at once, so that an export is not held up for long.
    gave_up: bool,
    /// A wait has found out that there is no service: nothing waits again before there is one.
    absent: bool,
    free_frame: i64,
    run_end: Option<i64>,
    /// What the last standing block said.
    stood: Option<(f64, f64)>,
    frames_since_stood: u64,
    frames_since_missed: u64,
    overflow_seen: u64,
}

impl Engine {
    /// [main-thread]
    pub fn new(shared: Arc<Shared>, outlet: Outlet, cells: CellReceiver, bell: Arc<Bell>, wake: Wake) -> Engine {
        let buffers = || [vec![0.0f32; BLOCK_FRAMES_MAX], vec![0.0f32; BLOCK_FRAMES_MAX]];
        let values = shared.values();
        let restored = shared.restore_count();
        let mut engine = Engine {
            shared,
            outlet,
            cells,
            bell,
            wake,
            timeline: Timeline::new(),
            tracker: EpochTracker::default(),
            evidence: Evidence::default(),
            declick: Declick::default(),
            lanes: values.map(Lane::new),
            dry: buffers(),
            side: buffers(),
            out: buffers(),
            sample_rate: 48_000.0,
            call: Call::default(),
            restored,
            root: 0,
            epoch_is_exact: false,
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
        self.declick.reset();
        self.gave_up = false;
        self.run_end = None;
        self.stood = None;
    }

    /// Begins a process call. [audio-thread]
    pub fn begin(&mut self, call: Call) {
        self.call = Call { transport: call.transport.sanitised(), ..call };
        let restored = self.shared.restore_count();
        if restored != self.restored {
            self.restored = restored;
            for (index, lane) in self.lanes.iter_mut().enumerate() {
                lane.set(self.shared.value(index));
            }
        }
        for lane in &mut self.lanes {
            lane.begin();
        }
    }

    /// The lane of an input parameter, to push the host's points to (in plain values). [audio-thread]
    pub fn lane_mut(&mut self, index: usize) -> Option<&mut Lane> {
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
                self.shared.publish(index, lane.end_value());
            }
        }
        let overflow: u64 = self.lanes.iter().map(Lane::overflow_count).sum();
        let lost = overflow.saturating_sub(self.overflow_seen);
        if lost > 0 {
            self.overflow_seen = overflow;
            self.shared.counters.overflows.fetch_add(i64::try_from(lost).unwrap_or(i64::MAX), Relaxed);
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
    }

    /// Renders frames `at..at + count` of the call into [`Engine::out`], from index 0. `count` is at most 8192.
    /// [audio-thread] waits in an exact epoch only.
    pub fn run(&mut self, at: usize, count: usize, has_side: bool) {
        let count = count.min(BLOCK_FRAMES_MAX);
        self.choose_guide(count, has_side);
        let mut from = at;
        while from < at + count {
            let to = self.next_take_change(from, at + count);
            self.stretch(at, from, to);
            from = to;
        }
        let [dry_l, dry_r] = &self.dry;
        let [out_l, out_r] = &mut self.out;
        if let (Some(dry_l), Some(dry_r), Some(out_l), Some(out_r)) =
            (dry_l.get(..count), dry_r.get(..count), out_l.get_mut(..count), out_r.get_mut(..count))
        {
            let peak = mix_and_gain(&self.lanes, at, [dry_l, dry_r], [out_l, out_r]);
            self.shared.peak_bits.fetch_max(peak.to_bits(), Relaxed);
        }
    }

    /// Ends a process call. [audio-thread]
    pub fn end(&mut self) {
        let frames = self.call.frame_count as i64;
        let advancing = self.advancing_from();
        if let Some(frame) = advancing {
            self.free_frame = frame.saturating_add(frames);
            self.shared.playhead.store(self.free_frame, Relaxed);
        } else if let Some(frame) = self.call.transport.position {
            self.free_frame = frame;
            self.shared.playhead.store(frame, Relaxed);
        }
        self.shared.playing.store(advancing.is_some(), Relaxed);
        self.frames_since_missed = self.frames_since_missed.saturating_add(frames as u64);
        self.frames_since_stood = self.frames_since_stood.saturating_add(frames as u64);
        self.evidence.on_return(self.shared.now());
    }

    /// What the "Status" parameter shows. [audio-thread]
    pub fn status(&self) -> Status {
        if self.gave_up {
            return Status::Failed;
        }
        match self.shared.link_status() {
            LinkStatus::Absent => Status::NoService,
            LinkStatus::Connecting => Status::Connecting,
            LinkStatus::Failed => Status::Failed,
            LinkStatus::Ready if (self.frames_since_missed as f64) < self.sample_rate => Status::Behind,
            LinkStatus::Ready if self.epoch_is_exact && self.run_end.is_some() => Status::Waiting,
            LinkStatus::Ready => Status::Ready,
        }
    }

    /// Frames that were missing since the instance was made, in playback and in bounces. [audio-thread]
    pub fn missed_frames(&self) -> i64 {
        let counters = &self.shared.counters;
        counters.underrun_frames.load(Relaxed).saturating_add(counters.exact_miss_frames.load(Relaxed))
    }

    /// Whether the current exact passage is incomplete. [audio-thread]
    pub fn has_failed(&self) -> bool {
        self.gave_up
    }

    /// The song frame of the call's first frame, if the song advances in it.
    fn advancing_from(&self) -> Option<i64> {
        match self.call.transport.position {
            Some(frame) if self.call.transport.playing => Some(frame),
            _ if self.lanes[RUN].end_value() >= 0.5 => Some(self.free_frame),
            _ => None,
        }
    }

    /// Leaves the guide of the call's piece in `side`, silent where there is none.
    fn choose_guide(&mut self, count: usize, has_side: bool) {
        let use_dry = match self.lanes[GUIDE_SOURCE].end_value() as i64 {
            1 => false,
            2 => true,
            _ => !has_side,
        };
        for (side, dry) in self.side.iter_mut().zip(&self.dry) {
            if let (Some(side), Some(dry)) = (side.get_mut(..count), dry.get(..count)) {
                if use_dry {
                    side.copy_from_slice(dry);
                } else if !has_side {
                    side.fill(0.0);
                }
                side.iter_mut().for_each(|value| *value = finite(*value));
            }
        }
    }

    fn seed_at(&self, offset: usize) -> u32 {
        self.lanes[TAKE]
            .points()
            .iter()
            .rev()
            .find(|point| point.offset as usize <= offset)
            .map_or_else(|| self.lanes[TAKE].start_value() as u32, |point| point.value as u32)
    }

    /// The first offset after `from` at which another take begins, or `to`.
    fn next_take_change(&self, from: usize, to: usize) -> usize {
        let seed = self.seed_at(from);
        self.lanes[TAKE]
            .points()
            .iter()
            .map(|point| point.offset as usize)
            .find(|offset| *offset > from && *offset < to && self.seed_at(*offset) != seed)
            .unwrap_or(to)
    }

    /// Frames `from..to` of the call: one seed, one decision. `base` is the call offset of the scratch buffers' start.
    fn stretch(&mut self, base: usize, from: usize, to: usize) {
        let seed = self.seed_at(from);
        let Some(call_frame) = self.advancing_from() else {
            return self.stand(base, from, to, seed);
        };
        let frame = call_frame.saturating_add(from as i64);
        let wait = RenderWait::from_plain(self.lanes[RENDER_WAIT].end_value());
        let rendering = !self.call.prefetching && self.evidence.is_rendering(self.call.on_setup_thread);
        let exact = is_exact(wait, true, self.call.offline, rendering);
        let decision = self.tracker.play(Place { frame, seed, exact }, to - from);
        if let Decision::Start(start) = decision {
            self.on_start(start);
        }
        let patience = Patience::start(self.shared.now());
        let sent = self.send(decision, base, from, to, frame, true, patience);
        self.take_in(if exact { usize::MAX } else { CELLS_PER_CALL_MAX }, frame);
        if exact && sent {
            self.wait_for(frame, frame.saturating_add((to - from) as i64), patience);
        }
        self.render(from - base, to - base, frame, exact);
    }

    /// A stopped transport: silence, and its place said once, or again when the lane there has changed.
    fn stand(&mut self, base: usize, from: usize, to: usize, seed: u32) {
        if !self.tracker.is_standing() && self.declick.is_idle() {
            self.declick.cut();
        }
        if let (Some(frame), false) = (self.call.transport.position, self.call.offline) {
            let said = (self.lanes[TEMPERATURE].end_value(), self.lanes[GUIDE_AMOUNT].end_value());
            let changed = self.stood.is_none_or(|stood| {
                (stood.0 - said.0).abs() > LANE_TOLERANCE || (stood.1 - said.1).abs() > LANE_TOLERANCE
            });
            if changed && self.frames_since_stood as f64 > self.sample_rate * STOPPED_REFRESH_SECONDS {
                self.tracker.interrupt();
            }
            let decision = self.tracker.stand(frame, seed);
            if let Decision::Start(start) = decision {
                self.on_start(start);
                self.stood = Some(said);
                self.frames_since_stood = 0;
                let patience = Patience::start(self.shared.now());
                self.send(decision, base, from, to, frame, false, patience);
            }
        } else {
            self.tracker.interrupt();
        }
        self.take_in(CELLS_PER_CALL_MAX, self.root);
        for index in from - base..to - base {
            let [left, right] = self.declick.next(Some([0.0; 2]));
            self.put(index, [left, right]);
        }
    }

    fn on_start(&mut self, start: Start) {
        if start.exact {
            self.declick.reset();
        } else {
            self.declick.cut();
        }
        self.root = start.root;
        self.epoch_is_exact = start.exact;
    }

    /// Hands the stretch to the link. Where the queue is full a realtime block is dropped, counted, and the next one
    /// starts an epoch; an exact one waits for room.
    #[expect(clippy::too_many_arguments, reason = "one stretch has this many facts")]
    fn send(
        &mut self,
        decision: Decision,
        base: usize,
        from: usize,
        to: usize,
        frame: i64,
        playing: bool,
        patience: Patience,
    ) -> bool {
        let (from32, to32) = (from as u32, to as u32);
        let point_count = self.lanes[TEMPERATURE].part_len(from32, to32);
        let guide: [&[f32]; 2] = [
            self.side[0].get(from - base..to - base).unwrap_or(&[]),
            self.side[1].get(from - base..to - base).unwrap_or(&[]),
        ];
        let silent = guide.iter().all(|channel| channel.iter().all(|value| *value == 0.0));
        let guide_value_count = if silent { 0 } else { 2 * guide[0].len() };
        while !self.outlet.has_room(point_count, guide_value_count) {
            let may_wait = playing && self.epoch_is_exact && !self.gave_up;
            if !may_wait || patience.verdict(self.shared.now(), self.shared.link_view()).is_some() {
                self.shared.counters.overflows.fetch_add(1, Relaxed);
                self.tracker.interrupt();
                return false;
            }
            (self.wake)();
            self.bell.wait_beyond(self.bell.count(), WAIT_SLICE);
        }
        if let Decision::Start(start) = decision {
            self.outlet.start(start);
        }
        let outlet = &mut self.outlet;
        let mut first = None;
        let start_value = self.lanes[TEMPERATURE].part(from32, to32, |point| {
            first.get_or_insert(point);
            outlet.point(point);
        });
        // In a fresh epoch the value of before is that of another place in the song.
        let temperature_at_start = match (decision, first) {
            (Decision::Start(_), Some(point)) if point.offset == 0 => point.value,
            _ => start_value,
        };
        if guide_value_count > 0 {
            outlet.guide(guide[0], guide[1]);
        }
        outlet.block(BlockHeader {
            epoch: self.tracker.epoch(),
            start: frame,
            frame_count: to32 - from32,
            playing,
            temperature_at_start,
            guide_amount: self.lanes[GUIDE_AMOUNT].value_at(to32),
            tempo_bpm: self.call.transport.tempo_bpm,
            loop_range: self.call.transport.loop_range,
            point_count: point_count as u32,
            guide_value_count: guide_value_count as u32,
        });
        true
    }

    /// Moves audio that has come in to the timeline; that of other epochs is dropped.
    fn take_in(&mut self, at_most: usize, from: i64) -> bool {
        let (epoch, timeline) = (self.tracker.epoch(), &mut self.timeline);
        self.cells.drain(at_most, |cell| {
            if cell.epoch == epoch {
                timeline.write(cell, from);
            }
        }) > 0
    }

    /// Waits until all of `[from, to)` is there, or gives up. [audio-thread, exact epochs only]
    fn wait_for(&mut self, from: i64, to: i64, mut patience: Patience) {
        let epoch = self.tracker.epoch();
        let mut missing = from.max(0).max(self.root);
        (self.wake)();
        while !self.gave_up {
            let seen = self.bell.count();
            self.take_in(usize::MAX, from);
            let now = self.shared.now();
            let reached = self.timeline.first_missing(epoch, missing, to.max(missing));
            if reached > missing {
                missing = reached;
                patience.on_audio(now);
            }
            if missing >= to {
                return;
            }
            let link = self.shared.link_view();
            self.absent &= !(link.ready || link.service_seen);
            let verdict = if self.shared.refused_epoch.load(Relaxed) == epoch {
                Some(GiveUp::Refused)
            } else if self.absent {
                Some(GiveUp::Absent)
            } else {
                patience.verdict(now, link)
            };
            if let Some(reason) = verdict {
                self.gave_up = true;
                self.absent = reason == GiveUp::Absent;
                self.shared.gave_up.store(reason as u8, Relaxed);
                (self.wake)();
                return;
            }
            self.bell.wait_beyond(seen, WAIT_SLICE);
        }
    }

    /// Frames `[from, to)` of the scratch buffers, for song frames from `frame`.
    fn render(&mut self, from: usize, to: usize, frame: i64, exact: bool) {
        let epoch = self.tracker.epoch();
        let mut missed = 0i64;
        for (index, song_frame) in (from..to).zip(frame..) {
            let value = if song_frame < 0 || song_frame < self.root {
                Some([0.0; 2])
            } else {
                self.timeline.read(epoch, song_frame)
            };
            missed += i64::from(value.is_none());
            let value = self.declick.next(value);
            self.put(index, value);
        }
        if missed > 0 {
            self.frames_since_missed = 0;
            let counters = &self.shared.counters;
            if exact {
                counters.exact_miss_frames.fetch_add(missed, Relaxed);
            } else {
                counters.underruns.fetch_add(1, Relaxed);
                counters.underrun_frames.fetch_add(missed, Relaxed);
            }
        }
    }

    fn put(&mut self, index: usize, value: [f32; 2]) {
        for (channel, value) in self.out.iter_mut().zip(value) {
            if let Some(slot) = channel.get_mut(index) {
                *slot = value;
            }
        }
    }
}
