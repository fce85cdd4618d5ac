//! Where each call of a segment is in the song.

use crate::play::scenario::{Blocks, Cycle, Segment, Wrap};

/// Frames of a call that go straight on in the song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where in the call it begins.
    pub offset: usize,
    pub song_frame: i64,
    pub frame_count: usize,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The song frame that the host says.
    pub song_frame: i64,
    pub frame_count: usize,
    pub spans: Vec<Span>,
}

/// The calls of a segment, one after the other; without end, whoever walks counts the frames.
pub struct Walk {
    sizes: Sizes,
    cycle: Option<Cycle>,
    stands: bool,
    frame: i64,
}

/// Block sizes, without end.
struct Sizes {
    blocks: Blocks,
    announced: usize,
    index: usize,
    noise: u64,
}

impl Sizes {
    fn next(&mut self) -> usize {
        let index = self.index;
        self.index += 1;
        match &self.blocks {
            Blocks::Fixed(frames) => *frames,
            Blocks::Cycled(list) => list[index % list.len()],
            Blocks::Random { max, .. } => {
                1 + (next_noise(&mut self.noise) % max.unwrap_or(self.announced) as u64) as usize
            }
        }
    }
}

/// SplitMix64.
pub fn next_noise(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Walk {
    pub fn new(segment: &Segment, announced: usize) -> Walk {
        let blocks = segment.blocks(announced);
        let noise = if let Blocks::Random { random, .. } = &blocks { *random } else { 0 };
        Walk {
            sizes: Sizes { blocks, announced, index: 0, noise },
            cycle: segment.cycle.filter(|cycle| cycle.wrap != Wrap::None),
            stands: segment.stands(),
            frame: segment.from_frame,
        }
    }

    /// The next call, of at most `frames_max` frames.
    pub fn next(&mut self, frames_max: usize) -> Piece {
        let wanted = self.sizes.next().min(frames_max);
        let begin = self.frame;
        if self.stands {
            return Piece { song_frame: begin, frame_count: wanted, spans: vec![span(0, begin, wanted)] };
        }
        let (mut spans, mut done) = (Vec::new(), 0);
        while done < wanted {
            let until_end =
                self.cycle.filter(|cycle| self.frame < cycle.end).map(|cycle| (cycle.end - self.frame) as usize);
            let count = (wanted - done).min(until_end.unwrap_or(usize::MAX));
            spans.push(span(done, self.frame, count));
            self.frame += count as i64;
            done += count;
            if let Some(cycle) = self.cycle.filter(|cycle| self.frame == cycle.end) {
                self.frame = cycle.start;
                if cycle.wrap == Wrap::Split {
                    break;
                }
            }
        }
        Piece { song_frame: begin, frame_count: done, spans }
    }
}

fn span(offset: usize, song_frame: i64, frame_count: usize) -> Span {
    Span { offset, song_frame, frame_count }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::play::scenario::Scenario;

    fn walk(segment: &str) -> Walk {
        let text = format!(r#"{{"segments": [{{"frameCount": 1, {segment}}}]}}"#);
        Walk::new(&Scenario::read(&text).expect("a scenario")[0].segments[0], 512)
    }

    fn places(walk: &mut Walk, count: usize) -> Vec<(i64, usize)> {
        (0..count).map(|_| walk.next(usize::MAX)).map(|piece| (piece.song_frame, piece.frame_count)).collect()
    }

    #[test]
    fn blocks_follow_each_other() {
        let mut walk = walk(r#""kind": "play", "fromFrame": -5, "blocks": [3, 4]"#);
        assert_eq!(places(&mut walk, 3), [(-5, 3), (-2, 4), (2, 3)]);
        assert_eq!(walk.next(1).frame_count, 1, "no more than asked for");
    }

    #[test]
    fn a_stopped_transport_stands() {
        let mut walk = walk(r#""kind": "stop", "fromFrame": 7, "blocks": 4"#);
        assert_eq!(places(&mut walk, 2), [(7, 4), (7, 4)]);
    }

    #[test]
    fn a_loop_splits_blocks_or_wraps_inside_them() {
        let with = |wrap: &str| {
            walk(&format!(
                r#""kind": "play", "fromFrame": 6, "blocks": 5, "loop": {{"start": 4, "end": 8, "wrap": "{wrap}"}}"#
            ))
        };
        assert_eq!(places(&mut with("split"), 4), [(6, 2), (4, 4), (4, 4), (4, 4)]);
        assert_eq!(places(&mut with("none"), 2), [(6, 5), (11, 5)]);
        let mut inside = with("inside");
        let piece = inside.next(usize::MAX);
        assert_eq!((piece.song_frame, piece.frame_count), (6, 5));
        assert_eq!(piece.spans, [span(0, 6, 2), span(2, 4, 3)]);
        assert_eq!(inside.next(usize::MAX).spans, [span(0, 7, 1), span(1, 4, 4)]);
        assert_eq!(inside.next(usize::MAX).song_frame, 4);
    }

    #[test]
    fn random_sizes_come_again_from_the_same_seed_and_keep_within_bounds() {
        let sizes = || places(&mut walk(r#""kind": "play", "blocks": {"random": 9, "max": 100}"#), 1000);
        assert_eq!(sizes(), sizes());
        let counts: Vec<usize> = sizes().iter().map(|(_, count)| *count).collect();
        assert_eq!((counts.iter().min(), counts.iter().max()), (Some(&1), Some(&100)));
    }
}
