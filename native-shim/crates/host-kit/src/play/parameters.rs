//! What one call is told of parameters.

use crate::play::lane;
use crate::play::scenario::{LaneSpec, Segment};
use crate::play::walk::Piece;

/// A value to tell at a song frame, by parameter id, normalised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Automated {
    pub frame: i64,
    pub id: u32,
    pub value: f64,
}

/// A parameter that follows a lane.
#[derive(Clone, Debug)]
pub struct AutomatedLane {
    pub id: u32,
    /// Its normalised value per plain unit: lanes are linear in it.
    pub scale: f64,
    pub spec: LaneSpec,
}

/// The parameters of a segment as the plugin knows them.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    /// Parameters that have a lane.
    pub lanes: Vec<AutomatedLane>,
    /// Told at the first frame of the next call, and then forgotten.
    pub pending: Vec<(u32, f64)>,
    pub automation: Vec<Automated>,
}

impl Parameters {
    /// The points of one call: id, offset, normalised value.
    pub fn points(&mut self, segment: &Segment, piece: &Piece) -> Vec<(u32, i32, f64)> {
        let mut points: Vec<_> = self.pending.drain(..).map(|(id, value)| (id, 0, value)).collect();
        for AutomatedLane { id, scale, spec } in &self.lanes {
            let told = if segment.stands() {
                // Nothing moves: the lane has the value of the place.
                vec![(0, lane::value_at(&spec.points, piece.song_frame))]
            } else {
                lane::deliver(spec, piece)
            };
            points.extend(told.into_iter().map(|(offset, value)| (*id, offset, value * scale)));
        }
        for span in &piece.spans {
            let end = span.song_frame + span.frame_count as i64;
            for automated in self.automation.iter().filter(|point| (span.song_frame..end).contains(&point.frame)) {
                let offset = (span.offset as i64 + automated.frame - span.song_frame) as i32;
                points.push((automated.id, offset, automated.value));
            }
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::play::scenario::Scenario;
    use crate::play::walk::Walk;

    fn segment(text: &str) -> Segment {
        let text = format!(r#"{{"segments": [{{"frameCount": 1, {text}}}]}}"#);
        Scenario::read(&text).expect("a scenario")[0].segments[0].clone()
    }

    #[test]
    fn automation_falls_on_its_offset_in_each_pass_of_a_loop() {
        let segment = segment(r#""kind": "play", "blocks": 8, "loop": {"start": 0, "end": 5, "wrap": "inside"}"#);
        let automation = vec![Automated { frame: 2, id: 3, value: 0.5 }];
        let mut parameters = Parameters { lanes: Vec::new(), pending: vec![(7, 0.1)], automation };
        let mut walk = Walk::new(&segment, 8);
        assert_eq!(parameters.points(&segment, &walk.next(8)), [(7, 0, 0.1), (3, 2, 0.5), (3, 7, 0.5)]);
        assert_eq!(parameters.points(&segment, &walk.next(8)), [(3, 4, 0.5)], "what was pending is told once");
    }

    #[test]
    fn a_lane_stands_with_the_transport() {
        let lane = r#""lane": {"points": [{"frame": 0, "value": 0}, {"frame": 10, "value": 1}]}"#;
        let segment = segment(&format!(r#""kind": "stop", "fromFrame": 5, {lane}"#));
        let spec = segment.lane.clone().expect("a lane");
        let lanes = vec![AutomatedLane { id: 0, scale: 0.5, spec }];
        let mut parameters = Parameters { lanes, ..Parameters::default() };
        assert_eq!(parameters.points(&segment, &Walk::new(&segment, 8).next(8)), [(0, 0, 0.25)]);
    }
}
