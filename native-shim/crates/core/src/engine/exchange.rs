//! What passes between a process call and the link, and waiting for it.

use super::{Engine, WAIT_SLICE};
use crate::call::MusicalTime;
use crate::epoch::Decision;
use crate::lane::{Breakpoint, Lane};
use crate::parameter::*;
use crate::patience::{GiveUp, Patience};
use crate::queue::{BlockHeader, LaneHead, Outlet};
use crate::window::Taken;
use std::sync::atomic::Ordering::Relaxed;

impl Engine {
    /// Hands the stretch to the link. Where the queue is full a realtime block is dropped, counted, and the next one
    /// starts an epoch; an offline one waits for room.
    #[expect(clippy::too_many_arguments, reason = "one stretch has this many facts")]
    pub(super) fn send(
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
        let says_one_value = |index: usize| matches!(self.lanes[index].points(), [] | [Breakpoint { offset: 0, .. }]);
        // One value, said at the start of the call, and a host that renders: it is Ardour's bounce.
        let coarse =
            playing && self.epoch_is_offline && self.call_is_evident && SHAPING.into_iter().all(says_one_value);
        let point_counts = SHAPING.map(|index| if coarse { 0 } else { self.lanes[index].part_len(from32, to32) });
        let point_count = point_counts.iter().sum();
        let guide: [&[f32]; 2] = [
            self.side[0].get(from - base..to - base).unwrap_or(&[]),
            self.side[1].get(from - base..to - base).unwrap_or(&[]),
        ];
        let silent = guide.iter().all(|channel| channel.iter().all(|value| *value == 0.0));
        let guide_value_count = if silent { 0 } else { 2 * guide[0].len() };
        while !self.outlet.has_room(point_count, guide_value_count) {
            let may_wait = playing && self.epoch_is_offline && !self.gave_up;
            if !may_wait || patience.verdict(self.shared.now(), self.shared.service.link_view()).is_some() {
                self.shared.played.counters.overflows.fetch_add(1, Relaxed);
                self.tracker.interrupt();
                return false;
            }
            (self.wake)();
            self.bell.wait_beyond(self.bell.count(), WAIT_SLICE);
        }
        if let Decision::Start(start) = decision {
            self.outlet.start(start);
        }
        let starts = matches!(decision, Decision::Start(_));
        let mut lanes = [LaneHead::default(); SHAPING.len()];
        for ((head, index), point_count) in lanes.iter_mut().zip(SHAPING).zip(point_counts) {
            let lane = &self.lanes[index];
            // Of a coarse block the value of its end is known, for all of it.
            let value_at_start =
                if coarse { lane.end_value() } else { hand_over(&mut self.outlet, lane, from32, to32, starts) };
            *head = LaneHead { value_at_start, point_count: point_count as u32 };
        }
        if guide_value_count > 0 {
            self.outlet.guide(guide[0], guide[1]);
        }
        let header = BlockHeader {
            epoch: self.tracker.epoch(),
            start: frame,
            frame_count: to32 - from32,
            playing,
            tempo_bpm: self.call.transport.tempo_bpm,
            loop_range: self.call.transport.loop_range,
            musical: self.musical_at(frame),
            coarse,
            keep: self.lanes[KEEP_TAKE].end_value() >= 0.5,
            revision: self.window.revision(),
        };
        self.outlet.block(header, lanes, guide_value_count as u32);
        true
    }

    /// Musical time at a song frame of this call; the host reports it at the first.
    fn musical_at(&self, frame: i64) -> Option<MusicalTime> {
        let transport = &self.call.transport;
        let (musical, position) = (transport.musical?, transport.position?);
        let quarters = frame.saturating_sub(position) as f64 / self.sample_rate * transport.tempo_bpm / 60.0;
        Some(musical.after(quarters))
    }

    /// Moves audio that has come in to the window, before frame `at` is played. A process call that does not wait takes
    /// in a bounded part.
    pub(super) fn take_in(&mut self, at: i64, offline: bool) {
        let at_most = if offline { usize::MAX } else { self.cells_left };
        let (window, tracker, declick) = (&mut self.window, &mut self.tracker, &mut self.declick);
        let count = self.cells.drain(at_most, |cell| match window.take(cell, at) {
            Taken::Foreseen(epoch, place) => tracker.foresee(epoch, place),
            // Other audio goes on from here.
            Taken::Restarted if cell.start <= at && declick.is_idle() => declick.cut(),
            Taken::Restarted | Taken::Kept | Taken::Dropped => {}
        });
        self.cells_left = self.cells_left.saturating_sub(count);
    }

    /// Waits until all of `[from, to)` is there, or gives up. [audio-thread, offline epochs only]
    pub(super) fn wait_for(&mut self, from: i64, to: i64, mut patience: Patience) {
        let epoch = self.tracker.epoch();
        let mut missing = from.max(0).max(self.root);
        (self.wake)();
        while !self.gave_up {
            let seen = self.bell.count();
            self.take_in(from, true);
            let now = self.shared.now();
            let reached = self.window.first_missing(missing, to.max(missing));
            if reached > missing {
                missing = reached;
                patience.on_audio(now);
            }
            if missing >= to {
                return;
            }
            let link = self.shared.service.link_view();
            self.absent &= !(link.ready || link.service_seen);
            let verdict = if self.shared.service.refused_epoch.load(Relaxed) == epoch {
                Some(GiveUp::Refused)
            } else if self.absent {
                Some(GiveUp::Absent)
            } else {
                patience.verdict(now, link)
            };
            if let Some(reason) = verdict {
                self.gave_up = true;
                self.absent = reason == GiveUp::Absent;
                self.shared.played.gave_up.store(reason as u8, Relaxed);
                (self.wake)();
                return;
            }
            self.bell.wait_beyond(seen, WAIT_SLICE);
        }
    }
}

/// Puts a lane's points in `[from, to]` into the queue and returns its value at `from`. In a fresh epoch a point there
/// counts at once, for the value of before is that of another place in the song.
fn hand_over(outlet: &mut Outlet, lane: &Lane, from: u32, to: u32, starts: bool) -> f64 {
    let mut first = None;
    let start_value = lane.part(from, to, |point| {
        first.get_or_insert(point);
        outlet.point(point);
    });
    match first {
        Some(point) if starts && point.offset == 0 => point.value,
        _ => start_value,
    }
}
