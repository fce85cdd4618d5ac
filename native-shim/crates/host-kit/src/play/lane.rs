//! A lane as a host delivers it: points for one call.

use crate::play::scenario::{Delivery, LanePoint, LaneSpec};
use crate::play::walk::Piece;

/// The value at a frame, coming from before it: where there is a jump, what it jumps from.
pub fn value_before(points: &[LanePoint], frame: i64) -> f64 {
    value(points, points.partition_point(|point| point.frame < frame), frame)
}

/// The value at a frame; where there is a jump, what it jumps to.
pub fn value_at(points: &[LanePoint], frame: i64) -> f64 {
    value(points, points.partition_point(|point| point.frame <= frame), frame)
}

/// `next` is the index of the point that the line goes to.
fn value(points: &[LanePoint], next: usize, frame: i64) -> f64 {
    match (next.checked_sub(1).and_then(|index| points.get(index)), points.get(next)) {
        (Some(from), Some(to)) => {
            let share = (frame - from.frame) as f64 / (to.frame - from.frame) as f64;
            from.value + (to.value - from.value) * share
        }
        (Some(point), None) | (None, Some(point)) => point.value,
        (None, None) => 0.0,
    }
}

/// Offsets and plain values of one call.
pub fn deliver(lane: &LaneSpec, piece: &Piece) -> Vec<(i32, f64)> {
    let points = &lane.points;
    let mut told = Vec::new();
    match lane.delivery {
        Delivery::Steps => told.push((0, value_at(points, piece.song_frame))),
        Delivery::Staircase => {
            let end = piece.spans.last().map_or(piece.song_frame, |span| span.song_frame + span.frame_count as i64);
            told.push((0, value_before(points, end)));
        }
        Delivery::Points | Delivery::Inside => {
            for span in &piece.spans {
                let (from, end) = (span.song_frame, span.song_frame + span.frame_count as i64);
                let offset = |frame: i64| (span.offset as i64 + frame - from) as i32;
                told.push((offset(from), value_at(points, from)));
                let inner = points.iter().filter(|point| from < point.frame && point.frame < end);
                told.extend(inner.map(|point| (offset(point.frame), point.value)));
                told.push(if lane.delivery == Delivery::Points {
                    (offset(end), value_before(points, end))
                } else {
                    (offset(end - 1), value_at(points, end - 1))
                });
            }
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::play::walk::Span;

    fn lane(delivery: Delivery) -> LaneSpec {
        let points = [(0, 0.5), (10, 1.5), (10, 0.25), (20, 0.25)].map(|(frame, value)| LanePoint { frame, value });
        LaneSpec { points: points.to_vec(), delivery }
    }

    fn piece(song_frame: i64, frame_count: usize) -> Piece {
        Piece { song_frame, frame_count, spans: vec![Span { offset: 0, song_frame, frame_count }] }
    }

    #[test]
    fn lines_jumps_and_ends() {
        let points = lane(Delivery::Points).points;
        assert_eq!((value_at(&points, -3), value_at(&points, 5), value_at(&points, 99)), (0.5, 1.0, 0.25));
        assert_eq!((value_before(&points, 10), value_at(&points, 10)), (1.5, 0.25));
    }

    #[test]
    fn points_are_where_they_are() {
        assert_eq!(deliver(&lane(Delivery::Points), &piece(5, 5)), [(0, 1.0), (5, 1.5)]);
        assert_eq!(deliver(&lane(Delivery::Points), &piece(5, 6)), [(0, 1.0), (5, 1.5), (5, 0.25), (6, 0.25)]);
        assert_eq!(deliver(&lane(Delivery::Inside), &piece(0, 5)), [(0, 0.5), (4, 0.9)]);
        assert_eq!(deliver(&lane(Delivery::Staircase), &piece(0, 5)), [(0, 1.0)]);
        assert_eq!(deliver(&lane(Delivery::Steps), &piece(0, 5)), [(0, 0.5)]);
    }

    #[test]
    fn a_wrap_inside_a_call_jumps_to_the_value_there() {
        let spans =
            vec![Span { offset: 0, song_frame: 8, frame_count: 2 }, Span { offset: 2, song_frame: 0, frame_count: 5 }];
        let wrapped = Piece { song_frame: 8, frame_count: 7, spans };
        assert_eq!(deliver(&lane(Delivery::Points), &wrapped), [(0, 1.3), (2, 1.5), (2, 0.5), (7, 1.0)]);
        assert_eq!(deliver(&lane(Delivery::Staircase), &wrapped), [(0, 1.0)]);
    }
}
