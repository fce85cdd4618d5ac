//! What was heard, and where it belongs in the song.

use serde::Serialize;
use std::io;
use std::path::Path;

/// Frames of a recording that go straight on in the song.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Passage {
    /// Where in the recording it begins.
    pub offset: usize,
    pub song_frame: i64,
    pub frame_count: usize,
}

/// Both channels of a segment.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    pub channels: [Vec<f32>; 2],
    pub passages: Vec<Passage>,
}

impl Recording {
    /// With room for that many frames, so that an audio thread need not make it.
    pub fn with_capacity(frames: usize) -> Recording {
        Recording { channels: [Vec::with_capacity(frames), Vec::with_capacity(frames)], passages: Vec::new() }
    }

    pub fn frame_count(&self) -> usize {
        self.channels[0].len()
    }

    /// Says where frames belong that are about to be added.
    pub fn place(&mut self, offset: usize, song_frame: i64, frame_count: usize) {
        if let Some(last) = self.passages.last_mut() {
            let goes_on =
                last.offset + last.frame_count == offset && last.song_frame + last.frame_count as i64 == song_frame;
            if goes_on {
                last.frame_count += frame_count;
                return;
            }
        }
        self.passages.push(Passage { offset, song_frame, frame_count });
    }

    /// Writes float32 stereo.
    pub fn write_wav(&self, path: &Path, sample_rate: f64) -> io::Result<()> {
        let too_long = || io::Error::new(io::ErrorKind::InvalidInput, "too long for a WAV file");
        let data_bytes = u32::try_from(self.frame_count() * 8).map_err(|_| too_long())?;
        let riff_bytes = data_bytes.checked_add(36).ok_or_else(too_long)?;
        let rate = sample_rate.round() as u32;
        let mut bytes = Vec::with_capacity(44 + data_bytes as usize);
        bytes.extend(b"RIFF");
        bytes.extend(riff_bytes.to_le_bytes());
        bytes.extend(b"WAVEfmt ");
        bytes.extend(16u32.to_le_bytes());
        bytes.extend(3u16.to_le_bytes()); // IEEE float
        bytes.extend(2u16.to_le_bytes());
        bytes.extend(rate.to_le_bytes());
        bytes.extend((rate * 8).to_le_bytes());
        bytes.extend(8u16.to_le_bytes());
        bytes.extend(32u16.to_le_bytes());
        bytes.extend(b"data");
        bytes.extend(data_bytes.to_le_bytes());
        for (left, right) in self.channels[0].iter().zip(&self.channels[1]) {
            bytes.extend(left.to_le_bytes());
            bytes.extend(right.to_le_bytes());
        }
        std::fs::write(path, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_go_on_until_the_song_jumps() {
        let mut recording = Recording::default();
        for (offset, frame, count) in [(0, 10, 5), (5, 15, 5), (10, 0, 3), (13, 3, 1)] {
            recording.place(offset, frame, count);
        }
        let passage = |offset, song_frame, frame_count| Passage { offset, song_frame, frame_count };
        assert_eq!(recording.passages, [passage(0, 10, 10), passage(10, 0, 4)]);
    }
}
