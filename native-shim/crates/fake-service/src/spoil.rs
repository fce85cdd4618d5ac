//! Makes a chunk one that no shim may play.

use crate::behaviour::Hostile;
use simmer_link::wire::Chunk;

pub fn spoil(chunk: &mut Chunk, hostile: Hostile) {
    let fill = |chunk: &mut Chunk, values: [f32; 2]| {
        chunk.pcm = values.iter().cycle().take(chunk.pcm.len() / 4).flat_map(|v| v.to_le_bytes()).collect();
    };
    match hostile {
        Hostile::NotFinite => fill(chunk, [f32::NAN, f32::INFINITY]),
        Hostile::Loud => fill(chunk, [1e30, -1e30]),
        Hostile::WrongLength => chunk.frame_count += 1,
        Hostile::WrongEpoch => chunk.epoch += 1000,
        Hostile::OldEpoch => chunk.epoch = chunk.epoch.saturating_sub(1),
        Hostile::Shifted => chunk.start_frame += 7,
        Hostile::Reordered => chunk.start_frame += 1_000_000,
        Hostile::Negative => chunk.start_frame = i64::MIN,
        Hostile::Huge => chunk.pcm = vec![0u8; 8 << 20],
        Hostile::Back => chunk.start_frame = (chunk.start_frame - 64).max(0),
        Hostile::BeyondDelivered => {
            chunk.frame_count += 64;
            let mut pcm = chunk.pcm.to_vec();
            pcm.resize(pcm.len() + 64 * pcm.len() / (chunk.frame_count as usize - 64), 0);
            chunk.pcm = pcm;
        }
    }
}
