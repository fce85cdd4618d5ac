//! From a chunk's bytes to cells.

use crate::wire;
use simmer_core::limits::{AUDIO_FRAME_MAX, CELL_FRAMES};
use simmer_core::{Cell, Place};

/// What is wrong with a chunk. All of these end the stream: what is refused is never played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChunkError {
    /// Length and frame count disagree, or there is nothing in it.
    Length,
    /// Its place is absurd.
    Place,
}

/// Where a chunk says that it belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChunkPlace {
    pub epoch: u32,
    pub start: i64,
    /// At least 1.
    pub frame_count: usize,
    pub gap: i32,
    pub revision: u32,
    /// It is of a prelude, which begins there.
    pub prelude_root: Option<i64>,
}

impl ChunkPlace {
    /// Where it follows on what was sent before: the start of the frames that were given up before it, if there are any.
    pub fn joint(&self) -> i64 {
        self.start.saturating_sub(i64::from(self.gap))
    }

    /// The song frame behind it.
    pub fn end(&self) -> i64 {
        self.start.saturating_add(i64::try_from(self.frame_count).unwrap_or(i64::MAX))
    }
}

/// What the audio thread is to know of a cell beyond its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Label {
    pub epoch: u32,
    pub revision: u32,
    pub restarts: bool,
    pub prelude: Option<Place>,
}

/// Cuts the frames of a chunk from `from` on into cells with that label. Values that are not finite become
/// 0, others are clamped to ±1; returns how many were not finite.
pub fn split(
    chunk: &wire::Chunk,
    channel_count: usize,
    label: Label,
    from: i64,
    mut emit: impl FnMut(Cell),
) -> Result<u64, ChunkError> {
    let frame_count = frame_count(chunk, channel_count)?;
    let skip = usize::try_from(from.saturating_sub(chunk.start_frame)).unwrap_or(0).min(frame_count);
    let mut not_finite = 0;
    let frame_bytes = 4 * channel_count;
    let mut start = chunk.start_frame.saturating_add(skip as i64);
    let wanted = chunk.pcm.get(skip * frame_bytes..).unwrap_or(&[]);
    for piece in wanted.chunks(CELL_FRAMES * frame_bytes) {
        let mut cell = Cell {
            epoch: label.epoch,
            revision: label.revision,
            restarts: label.restarts,
            prelude: label.prelude,
            start,
            ..Cell::default()
        };
        for (bytes, slot) in piece.chunks_exact(frame_bytes).zip(&mut cell.frames) {
            let mut values = bytes.chunks_exact(4).map(|four| {
                let value = four.try_into().map_or(f32::NAN, f32::from_le_bytes);
                if value.is_finite() {
                    value.clamp(-1.0, 1.0)
                } else {
                    not_finite += 1;
                    0.0
                }
            });
            let left = values.next().unwrap_or(0.0);
            *slot = [left, values.next().unwrap_or(left)];
            cell.frame_count += 1;
        }
        start = start.saturating_add(i64::from(cell.frame_count));
        emit(cell);
    }
    Ok(not_finite)
}

/// Where the chunk belongs, if its parts agree.
pub fn place(chunk: &wire::Chunk, channel_count: usize) -> Result<ChunkPlace, ChunkError> {
    Ok(ChunkPlace {
        epoch: chunk.epoch,
        start: chunk.start_frame,
        frame_count: frame_count(chunk, channel_count)?,
        gap: chunk.gap_frame_count,
        revision: chunk.revision,
        prelude_root: chunk.prelude.then_some(chunk.prelude_root),
    })
}

/// The chunk's length, if its parts agree.
fn frame_count(chunk: &wire::Chunk, channel_count: usize) -> Result<usize, ChunkError> {
    let frames = usize::try_from(chunk.frame_count).map_err(|_| ChunkError::Length)?;
    if frames == 0 || frames.checked_mul(4 * channel_count) != Some(chunk.pcm.len()) {
        return Err(ChunkError::Length);
    }
    if !(0..AUDIO_FRAME_MAX).contains(&chunk.start_frame) {
        return Err(ChunkError::Place);
    }
    Ok(frames)
}
