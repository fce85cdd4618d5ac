//! From a chunk's bytes to cells.

use crate::wire;
use simmer_core::Cell;
use simmer_core::limits::CELL_FRAMES;

/// What is wrong with a chunk. All of these end the stream: what is refused is never played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChunkError {
    /// Length and frame count disagree, or there is nothing in it.
    Length,
    /// Its place is absurd.
    Place,
}

/// Cuts the frames of a chunk from `from` on into cells of the audio thread's epoch. Values that are not finite become
/// 0, others are clamped to ±1; returns how many were not finite.
pub fn split(
    chunk: &wire::Chunk,
    channel_count: usize,
    epoch: u32,
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
        let mut cell = Cell { epoch, start, frame_count: 0, frames: [[0.0; 2]; CELL_FRAMES] };
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

/// The chunk's length, if its parts agree.
pub fn frame_count(chunk: &wire::Chunk, channel_count: usize) -> Result<usize, ChunkError> {
    let frames = usize::try_from(chunk.frame_count).map_err(|_| ChunkError::Length)?;
    if frames == 0 || frames.checked_mul(4 * channel_count) != Some(chunk.pcm.len()) {
        return Err(ChunkError::Length);
    }
    if chunk.start_frame < 0 || chunk.start_frame > simmer_core::limits::SONG_FRAME_MAX {
        return Err(ChunkError::Place);
    }
    Ok(frames)
}
