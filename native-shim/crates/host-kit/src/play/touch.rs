//! Automation in touch mode: what a hand does while it holds a parameter is written to a lane, and read back afterwards.

use crate::gestures::Gestures;
use crate::play::scenario::{Kind, Segment};
use crate::play::walk::Piece;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The lanes of one instance, by parameter: normalised values by the song frame from which they hold.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    lanes: BTreeMap<u32, BTreeMap<i64, f64>>,
    /// What is held, and the value it has.
    held: BTreeMap<u32, f64>,
    /// The plugin owns its values, as in CLAP: what it told is not told back.
    keeps_quiet: bool,
}

impl Touched {
    /// Of a plugin that owns its values.
    pub fn of_owner() -> Touched {
        Touched { keeps_quiet: true, ..Touched::default() }
    }

    /// The points of one call, before those of any other automation: what was just told by a hand is heard from the block's
    /// start. Parameters of `armed` are written while they are held, in a transport that plays, and else read.
    pub fn points(
        &mut self,
        gestures: &Arc<Gestures>,
        armed: &[u32],
        segment: &Segment,
        piece: &Piece,
    ) -> Vec<(u32, i32, f64)> {
        let mut points = Vec::new();
        let fresh = gestures.take_fresh();
        for (id, value) in &fresh {
            if !self.keeps_quiet {
                points.push((*id, 0, *value));
            }
            self.held.insert(*id, *value);
        }
        if segment.kind == Kind::Stop {
            return points;
        }
        for id in armed {
            let lane = self.lanes.entry(*id).or_default();
            for span in &piece.spans {
                let end = span.song_frame + span.frame_count as i64;
                let written = fresh.contains_key(id) || gestures.is_open(*id);
                match self.held.get(id).filter(|_| written) {
                    Some(value) => {
                        lane.retain(|frame, _| !(span.song_frame..end).contains(frame));
                        lane.insert(span.song_frame, *value);
                    }
                    None => {
                        let first =
                            lane.range(..=span.song_frame).next_back().map(|(_, value)| (span.song_frame, *value));
                        let later = lane.range(span.song_frame + 1..end).map(|(frame, value)| (*frame, *value));
                        let offset = |frame: i64| (span.offset as i64 + frame - span.song_frame) as i32;
                        points.extend(first.into_iter().chain(later).map(|(frame, value)| (*id, offset(frame), value)));
                    }
                }
            }
        }
        points
    }

    /// What was written: song frames and normalised values, by parameter.
    pub fn lanes(&self) -> impl Iterator<Item = (u32, Vec<(i64, f64)>)> {
        self.lanes.iter().map(|(id, lane)| (*id, lane.iter().map(|(frame, value)| (*frame, *value)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gestures::Phase;
    use crate::play::scenario::Scenario;
    use crate::play::walk::Span;

    fn segment(kind: &str) -> Segment {
        let text = format!(r#"{{"segments": [{{"kind": "{kind}", "frameCount": 1}}]}}"#);
        Scenario::read(&text).expect("a scenario")[0].segments[0].clone()
    }

    fn piece(song_frame: i64) -> Piece {
        Piece { song_frame, frame_count: 10, spans: vec![Span { offset: 0, song_frame, frame_count: 10 }] }
    }

    #[test]
    fn what_is_done_while_held_is_written_and_read_back() {
        let gestures = Gestures::new();
        let (mut touched, play) = (Touched::default(), segment("play"));
        let mut call = |frame| touched.points(&gestures, &[0], &play, &piece(frame));
        assert_eq!(call(0), []);
        gestures.note(0, Phase::Begin);
        gestures.note(0, Phase::Perform(0.25));
        assert_eq!(call(10), [(0, 0, 0.25)]);
        assert_eq!(call(20), [], "held, and nothing new");
        gestures.note(0, Phase::Perform(0.5));
        gestures.note(0, Phase::End);
        assert_eq!(call(30), [(0, 0, 0.5)]);
        assert_eq!(call(5), [(0, 5, 0.25)], "read, from where it was written");
        assert_eq!(call(15), [(0, 0, 0.25), (0, 5, 0.25)]);
        assert_eq!(touched.lanes().collect::<Vec<_>>(), [(0, vec![(10, 0.25), (20, 0.25), (30, 0.5)])]);
    }

    #[test]
    fn what_its_owner_told_is_written_and_not_told_back() {
        let gestures = Gestures::new();
        let mut touched = Touched::of_owner();
        gestures.note(0, Phase::Begin);
        gestures.note(0, Phase::Perform(0.25));
        assert_eq!(touched.points(&gestures, &[0], &segment("play"), &piece(10)), []);
        gestures.note(0, Phase::End);
        assert_eq!(touched.lanes().collect::<Vec<_>>(), [(0, vec![(10, 0.25)])]);
        assert_eq!(touched.points(&gestures, &[0], &segment("play"), &piece(10)), [(0, 0, 0.25)], "read back");
    }

    #[test]
    fn a_parameter_that_is_not_armed_is_only_told() {
        let gestures = Gestures::new();
        let mut touched = Touched::default();
        gestures.note(3, Phase::Perform(1.0));
        assert_eq!(touched.points(&gestures, &[], &segment("stop"), &piece(0)), [(3, 0, 1.0)]);
        assert_eq!(touched.points(&gestures, &[], &segment("play"), &piece(0)), []);
        assert_eq!(touched.lanes().count(), 0);
    }
}
