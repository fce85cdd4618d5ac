//! What one call is told: the block of a piece of the song.

use crate::block::{Block, Position};
use simmer_host_kit::play::scenario::{GuideBus, Kind, ReportedTransport, Segment};
use simmer_host_kit::play::walk::Piece;

/// The `index`th call of a segment.
pub fn block(segment: &Segment, piece: &Piece, index: usize, points: Vec<(u32, i32, f64)>) -> Block {
    let position = match (segment.transport, segment.kind) {
        (ReportedTransport::NullContext, _) => Position::Missing,
        (ReportedTransport::NoPosition, _) => Position::Blank,
        (_, Kind::Stop) => Position::Stopped(piece.song_frame),
        _ => Position::Playing(piece.song_frame),
    };
    let is_turn = |every: usize| every > 0 && (index + 1).is_multiple_of(every);
    let abuse = segment.abuse;
    Block {
        mode: segment.call_mode() as i32,
        cycle: segment.cycle.map(|cycle| (cycle.start, cycle.end)),
        points,
        in_place: abuse.in_place,
        null_inputs: is_turn(abuse.null_inputs_every),
        null_channels: is_turn(abuse.null_channels_every),
        null_outputs: is_turn(abuse.null_outputs_every),
        with_sidechain: segment.guide.is_some_and(|guide| guide.bus == GuideBus::Sidechain),
        ..Block::at(position, piece.frame_count)
    }
}

/// Whether a recording of this segment is of the song.
pub fn plays(segment: &Segment) -> bool {
    segment.kind != Kind::Stop && says_positions(segment)
}

/// Whether positions of the song mean anything to the plugin.
pub fn says_positions(segment: &Segment) -> bool {
    matches!(segment.transport, ReportedTransport::Normal | ReportedTransport::Stuck)
}

#[cfg(test)]
mod tests {
    use super::*;
    use simmer_host_kit::play::scenario::Scenario;
    use simmer_host_kit::play::walk::Walk;

    fn segment(text: &str) -> Segment {
        let text = format!(r#"{{"segments": [{{"frameCount": 1, {text}}}]}}"#);
        Scenario::read(&text).expect("a scenario")[0].segments[0].clone()
    }

    #[test]
    fn abuse_comes_every_nth_call() {
        let segment = segment(r#""kind": "stop", "abuse": {"nullInputsEvery": 2, "nullOutputsEvery": 3}"#);
        let piece = Walk::new(&segment, 8).next(8);
        let blocks: Vec<Block> = (0..6).map(|index| block(&segment, &piece, index, Vec::new())).collect();
        let turns = |of: fn(&Block) -> bool| blocks.iter().map(of).collect::<Vec<_>>();
        assert_eq!(turns(|block| block.null_inputs), [false, true, false, true, false, true]);
        assert_eq!(turns(|block| block.null_outputs), [false, false, true, false, false, true]);
        assert_eq!(turns(|block| block.null_channels), [false; 6]);
        assert!(blocks.iter().all(|block| block.position == Position::Stopped(0)));
    }
}
