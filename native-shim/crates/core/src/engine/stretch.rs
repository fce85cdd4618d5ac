//! A stretch of frames that has one seed: decided, handed over, waited for where that is due, and rendered.

use super::Engine;
use crate::epoch::{Decision, Place, Start, StartMode};
use crate::limits::{LANE_TOLERANCE, STOPPED_REFRESH_SECONDS};
use crate::misses::Stretch;
use crate::output::usable;
use crate::parameter::*;
use crate::patience::{GiveUp, Patience};
use std::sync::atomic::Ordering::Relaxed;

impl Engine {
    /// Leaves the guide of the call's piece in `side`, silent where there is none.
    pub(super) fn choose_guide(&mut self, count: usize, has_side: bool) {
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
                side.iter_mut().for_each(|value| *value = usable(*value));
            }
        }
    }

    pub(super) fn seed_at(&self, offset: usize) -> u32 {
        self.lanes[TAKE]
            .points()
            .iter()
            .rev()
            .find(|point| point.offset as usize <= offset)
            .map_or_else(|| self.lanes[TAKE].start_value() as u32, |point| point.value as u32)
    }

    /// The first offset after `from` at which another take begins, or `to`.
    pub(super) fn next_take_change(&self, from: usize, to: usize) -> usize {
        let seed = self.seed_at(from);
        self.lanes[TAKE]
            .points()
            .iter()
            .map(|point| point.offset as usize)
            .find(|offset| *offset > from && *offset < to && self.seed_at(*offset) != seed)
            .unwrap_or(to)
    }

    /// Frames of the call from `from` on: one seed, one decision. They end at `to`, or before it where the host's loop
    /// does; returns where. `base` is the call offset of the scratch buffers' start.
    pub(super) fn stretch(&mut self, base: usize, from: usize, to: usize) -> usize {
        let (seed, offline) = (self.seed_at(from), self.call_renders_offline);
        let start_mode = StartMode::from_plain(self.lanes[START].end_value());
        let Some(call_frame) = self.advancing_from() else {
            if self.is_beyond() {
                self.miss_beyond(to - from, offline);
            }
            self.stand(base, from, to, Place { frame: 0, seed, offline: false, start_mode });
            return to;
        };
        let (frame, straight_on) = self.looping.at(call_frame, from);
        let to = to.min(from.saturating_add(straight_on));
        // First of all, for it decides which revision the block is played from, and whether there is a prelude.
        self.take_in(frame, offline);
        let decision = self.tracker.play(Place { frame, seed, offline, start_mode }, to - from);
        if let Decision::Start(start) = decision {
            self.on_start(start);
        }
        let patience = Patience::start(self.shared.now());
        let sent = self.send(decision, base, from, to, frame, true, patience);
        if offline && sent {
            self.wait_for(frame, frame.saturating_add((to - from) as i64), patience);
        }
        self.render(from - base, to - base, frame, offline);
        to
    }

    /// A stopped transport: silence, and its place said once, or again when the lane there has changed.
    pub(super) fn stand(&mut self, base: usize, from: usize, to: usize, place: Place) {
        self.take_in(self.root, false);
        if !self.tracker.is_standing() && self.declick.is_idle() {
            self.declick.cut();
        }
        if let (Some(frame), false) = (self.call.transport.position, self.call.offline) {
            let said = SHAPING.map(|index| self.lanes[index].end_value());
            let changed = self
                .stood
                .is_none_or(|stood| stood.iter().zip(said).any(|(stood, said)| (stood - said).abs() > LANE_TOLERANCE));
            if changed && self.frames_since_stood as f64 > self.sample_rate * STOPPED_REFRESH_SECONDS {
                self.tracker.interrupt();
            }
            let decision = self.tracker.stand(Place { frame, ..place });
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
        for index in from - base..to - base {
            let [left, right] = self.declick.next(Some([0.0; 2]));
            self.put(index, [left, right]);
        }
    }

    /// Nothing can be rendered where the host is: it gets silence, which is counted. It has no place in the song, so
    /// it is not among the stretches that were missed.
    fn miss_beyond(&mut self, frame_count: usize, offline: bool) {
        self.count_missed(frame_count as i64, offline);
        if offline {
            // A bounce has no tail of what was played before it.
            self.declick.reset();
            self.gave_up = true;
            self.shared.played.gave_up.store(GiveUp::Beyond as u8, Relaxed);
        }
    }

    fn count_missed(&mut self, frame_count: i64, offline: bool) {
        self.frames_since_missed = 0;
        let counters = &self.shared.played.counters;
        if offline {
            counters.offline_miss_frames.fetch_add(frame_count, Relaxed);
        } else {
            counters.underruns.fetch_add(1, Relaxed);
            counters.underrun_frames.fetch_add(frame_count, Relaxed);
        }
    }

    pub(super) fn on_start(&mut self, start: Start) {
        if start.offline {
            self.declick.reset();
        } else {
            self.declick.cut();
        }
        self.window.begin(&start);
        self.root = start.root;
        self.epoch_is_offline = start.offline;
    }

    /// Frames `[from, to)` of the scratch buffers, for song frames from `frame`.
    pub(super) fn render(&mut self, from: usize, to: usize, frame: i64, offline: bool) {
        let mut missed = 0i64;
        let mut first_missed = None;
        let mut missed_end = frame;
        for (index, song_frame) in (from..to).zip(frame..) {
            let value =
                if song_frame < 0 || song_frame < self.root { Some([0.0; 2]) } else { self.window.read(song_frame) };
            if value.is_none() {
                missed += 1;
                first_missed.get_or_insert(song_frame);
                missed_end = song_frame.saturating_add(1);
            }
            let value = self.declick.next(value);
            self.put(index, value);
        }
        if let Some(from) = first_missed {
            self.shared.played.misses.note(Stretch { from, to: missed_end });
            self.count_missed(missed, offline);
        }
    }

    pub(super) fn put(&mut self, index: usize, value: [f32; 2]) {
        for (channel, value) in self.out.iter_mut().zip(value) {
            if let Some(slot) = channel.get_mut(index) {
                *slot = value;
            }
        }
    }
}
